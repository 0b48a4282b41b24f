import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, linkSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { openLock } from '@airlock/runtime';
import { postHook, resolvePaths, type RuntimePaths, streamPipes } from '@airlock/runtime/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toolEventOf } from '../support/desk.js';
import { TERMINAL } from '../support/files.js';

const DAEMON = fileURLToPath(new URL('./lock-daemon.ts', import.meta.url));

function daemonFor(paths: RuntimePaths): ChildProcess {
  const run = ['--conditions=@airlock/source', '--import', import.meta.resolve('tsx'), DAEMON, paths.home ?? ''];
  const child = spawn(process.execPath, run, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** A running daemon, and a folder beside its own. */
async function scene() {
  const home = mkdtempSync(join(tmpdir(), 'al-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 25 }));
  const paths = resolvePaths({ fixedHome: home });
  const child = daemonFor(paths);
  while (!existsSync(paths.socket) && child.exitCode === null) await delay(20);
  const locks = [paths.state, paths.runtime].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => (name.endsWith('.lock') ? [join(folder, name)] : [])),
  );
  return { home, paths, locks };
}

async function post(paths: RuntimePaths, event: object): Promise<string> {
  const entries = Object.entries(TERMINAL).map(([name, value]) => `${name}=${value}\0`);
  const environment = Buffer.from(entries.join('')).toString('base64');
  const input = Buffer.from(JSON.stringify(event));
  const answer = await postHook(paths, streamPipes, { host: 'claude-code', event: 'PreToolUse', input, environment });
  return answer.headers['airlock-permission'] ?? '';
}

/** Whether the lock is free for this process. */
function isFree(file: string): boolean {
  const lock = openLock(file);
  try {
    lock.acquire();
    return true;
  } catch {
    return false;
  } finally {
    lock.close();
  }
}

type Name = (lock: string, beside: string) => string;

const NAMES: readonly { readonly name: string; readonly of: Name }[] = [
  { name: 'its own name', of: (lock) => lock },
  {
    name: 'a symbolic link',
    of: (lock, beside) => {
      symlinkSync(lock, beside);
      return beside;
    },
  },
  {
    name: 'a hard link',
    of: (lock, beside) => {
      linkSync(lock, beside);
      return beside;
    },
  },
];

const CALLS = [
  { tool: 'Write', input: (path: string) => ({ file_path: path, content: 'x' }) },
  { tool: 'Edit', input: (path: string) => ({ file_path: path, old_string: 'a', new_string: 'b' }) },
  // What an interpreter is given is read for the facts about the line.
  { tool: 'Bash', input: (path: string) => ({ command: `sh ${path}` }) },
];

describe(rules('LOC-010')`a call that names a lock of the daemon, which would give it back by looking at it`, () => {
  test.each(NAMES)('by $name: no second daemon starts', { timeout: 60_000 }, async ({ of }) => {
    const { home, paths, locks } = await scene();
    const held = locks.filter((lock) => !isFree(lock));
    expect(held).toEqual(
      expect.arrayContaining([join(paths.state, 'daemon.lock'), join(paths.runtime, 'daemon.lock')]),
    );
    for (const [index, lock] of held.entries()) {
      const path = of(lock, join(home, `other-${index}`));
      for (const { tool, input } of CALLS) expect(await post(paths, toolEventOf(tool, input(path)))).toBe('deny');
    }
    expect(held.filter(isFree)).toEqual([]);
    const second = daemonFor(paths);
    expect(await text(second.stderr!)).toContain('lock_held');
  });

  test('another file is looked at as before', { timeout: 60_000 }, async () => {
    const { home, paths, locks } = await scene();
    const held = locks.filter((lock) => !isFree(lock));
    const other = join(home, 'daemon.lock');
    writeFileSync(other, 'x');
    expect(await post(paths, toolEventOf('Write', { file_path: other, content: 'y' }))).toBe('deny');
    expect(held.filter(isFree)).toEqual([]);
  });
});
