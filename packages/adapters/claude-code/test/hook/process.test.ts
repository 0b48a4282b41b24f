import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { CALL, type HookScene, hookScene, listener, send } from '../support/hook-scene.js';

const source = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../src/hook/${name}.ts`, import.meta.url)));

const program = `
  import { hookMain } from ${source('main')};
  import { processIo } from ${source('io')};
  import { seldom } from ${source('seldom')};
  const [fixedHome, deadline] = process.argv.slice(1);
  const options = { event: 'PreToolUse', socket: null, fixedHome, daemonCommand: [], plugin: '/nowhere', seldom: async () => seldom };
  process.exit(await hookMain(options, { ...processIo({}), onLate: (call) => setTimeout(call, Number(deadline)) }));
`;

interface Streams {
  readonly stdin?: 'pipe' | number;
  readonly stdout?: 'pipe' | number;
  readonly deadlineMs?: number;
}

/** The hook as a process of its own. */
function start(scene: HookScene, { stdin = 'pipe', stdout = 'pipe', deadlineMs = 60_000 }: Streams = {}) {
  const words = ['--conditions=@airlock/source', '--import', 'tsx', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, [...words, scene.home, String(deadlineMs)], { stdio: [stdin, stdout, 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([code, signal]: any[]) => ({ code, signal, ...said }));
  // A hook that ends without reading breaks the pipe.
  child.stdin?.on('error', () => undefined);
  return { child, ended };
}

const SLOW = { timeout: 60_000 };
const PASSED = { code: 0, signal: null, stdout: '{}', stderr: '' };

describe(rules('LOC-050', 'LOC-100', 'LOC-110', 'INV-22')`the streams of the Node hook`, () => {
  const passing = async () => {
    const scene = hookScene();
    const asked = await listener(scene, (response) => send(response, 'pass', '0', '{}'));
    return { scene, asked };
  };

  test('an input that never ends is a denial at the deadline, and nothing keeps the process', SLOW, async () => {
    const { scene, asked } = await passing();
    const { child, ended } = start(scene, { deadlineMs: 200 });
    child.stdin?.write(CALL);
    expect(await ended).toMatchObject({ code: 2, signal: null, stderr: expect.stringContaining('nobody answered') });
    expect(asked).toEqual([]);
  });

  test('an input that comes in parts arrives whole', SLOW, async () => {
    const { scene, asked } = await passing();
    const { child, ended } = start(scene);
    for (const part of ['{"a":"', 'ä'.repeat(500_000), '"}']) {
      child.stdin?.write(part);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    child.stdin?.end();
    expect(await ended).toEqual(PASSED);
    expect(asked[0]?.body.toString()).toBe(`{"a":"${'ä'.repeat(500_000)}"}`);
  });

  test('an input over 4 MiB is a denial', SLOW, async () => {
    const { scene, asked } = await passing();
    const { child, ended } = start(scene);
    child.stdin?.end(Buffer.alloc(4 * 1024 * 1024 + 1, 'x'));
    expect(await ended).toMatchObject({ code: 2, stderr: expect.stringContaining('body_too_large') });
    expect(asked).toEqual([]);
  });

  test('a file is an input as well', SLOW, async () => {
    const { scene, asked } = await passing();
    const file = fileURLToPath(import.meta.url);
    expect(await start(scene, { stdin: openSync(file, 'r') }).ended).toEqual(PASSED);
    expect(asked[0]?.body.toString()).toContain('a file is an input as well');
  });

  test('an output that takes nothing is no permission', SLOW, async () => {
    const { scene } = await passing();
    const { child, ended } = start(scene, { stdout: openSync('/dev/full', 'w') });
    child.stdin?.end(CALL);
    expect(await ended).toMatchObject({ code: 2, signal: null });
  });
});
