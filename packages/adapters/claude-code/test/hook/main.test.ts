import { existsSync } from 'node:fs';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { stopDaemon } from '@airlock/runtime/client';
import { describe, expect, it } from 'vitest';
import { HOST } from '../../src/host.js';
import { CALL, hookScene, listener, NO_DAEMON, runHook, send } from '../support/hook-scene.js';

const decision = (permissionDecision: string, permissionDecisionReason = 'because') =>
  JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason } });

/** A denial of the hook's own, with this code in its reason. */
const denied = (code: string) => ({
  code: 2,
  stdout: expect.stringMatching(
    new RegExp(`^\\{"hookSpecificOutput":\\{"hookEventName":"PreToolUse","permissionDecision":"deny",.*${code}`),
  ),
  stderr: expect.stringContaining(code),
});

describe(rules('LOC-040', 'LOC-050', 'LOC-140')`the Node hook and a running daemon`, () => {
  it.each([
    ['allow', '0', decision('allow'), undefined, { code: 0, stdout: decision('allow'), stderr: '' }],
    ['pass', '0', '{}', undefined, { code: 0, stdout: '{}', stderr: '' }],
    ['deny', '2', decision('deny'), 'no', { code: 2, stdout: decision('deny'), stderr: 'no' }],
  ])('gives %s as it came', async (permission, exit, body, reason, expected) => {
    const scene = hookScene();
    const asked = await listener(scene, (response) => send(response, permission, exit, body, reason));
    expect(await runHook(scene, {}, { environment: () => 'QT1iAA==' })).toEqual(expected);
    expect(asked.map(({ url, body: input }) => [url, input.toString()])).toEqual([
      [`/v1/hooks/${HOST}/PreToolUse`, CALL],
    ]);
    expect(asked[0]?.headers['airlock-environment']).toBe('QT1iAA==');
  });

  it('a layer that is told to come back does so until there is an answer', async () => {
    const scene = hookScene();
    let left = 3;
    const asked = await listener(scene, (response) => {
      left -= 1;
      if (left > 0) response.writeHead(202, { 'content-length': 0 }).end();
      else send(response, 'pass', '0', '{}');
    });
    expect(await runHook(scene, { event: 'tool.run' })).toEqual({ code: 0, stdout: '{}', stderr: '' });
    expect(asked).toHaveLength(3);
  });

  it.each(['tool.check', 'tool.run'])(
    'of %s no environment is told: the module gives it one of its own',
    async (event) => {
      const scene = hookScene();
      const asked = await listener(scene, (response) => send(response, 'pass', '0', '{}'));
      await runHook(scene, { event }, { environment: () => 'QT1iAA==' });
      expect(asked.map(({ headers }) => headers['airlock-environment'])).toEqual([undefined]);
    },
  );

  it('input of 4 MiB is passed on, a byte more is a denial', async () => {
    const scene = hookScene();
    const asked = await listener(scene, (response) => send(response, 'pass', '0', '{}'));
    const most = Buffer.alloc(4 * 1024 * 1024, 'x');
    expect(await runHook(scene, {}, { input: most })).toMatchObject({ code: 0 });
    expect(asked[0]?.body.equals(most)).toBe(true);
    expect(await runHook(scene, {}, { input: Buffer.concat([most, Buffer.from('x')]) })).toEqual(
      denied('body_too_large'),
    );
    expect(asked).toHaveLength(1);
  });
});

describe(rules('LOC-100', 'LOC-105', 'INV-22', 'INV-24')`the Node hook and a daemon that runs, badly`, () => {
  it.each<[string, Parameters<typeof listener>[1]]>([
    ['another form', (response) => send(response, 'allow', '0', '{}')],
    ['202 for a hook that can wait', (response) => response.writeHead(202).end()],
    ['500', (response) => response.writeHead(500).end('{"error":{"code":"internal_error","message":"x"}}')],
    ['half an answer', (response) => response.writeHead(200, { 'content-length': 9 }).write('{}')],
    ['a broken connection', (response) => response.destroy()],
    ['too much', (response) => send(response, 'allow', '0', decision('allow', 'x'.repeat(70_000)))],
  ])('%s is a denial, and no daemon is started', async (_name, answer) => {
    const scene = hookScene();
    await listener(scene, (response, asked) => {
      answer(response, asked);
      setTimeout(() => response.destroy(), 50);
    });
    const marker = join(scene.home, 'started');
    const daemonCommand = ['-e', `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`];
    expect(await runHook(scene, { daemonCommand })).toEqual(denied('bad_answer'));
    expect(existsSync(marker)).toBe(false);
  });

  it('no answer is a denial before the host gives up', async () => {
    const scene = hookScene();
    await listener(scene, () => undefined);
    expect(await runHook(scene, {}, { onLate: (call) => void setTimeout(call, 100) })).toEqual(denied('bad_answer'));
  });

  it('coming back for ever ends there as well', async () => {
    const scene = hookScene();
    await listener(scene, (response) => response.writeHead(202, { 'content-length': 0 }).end());
    expect(await runHook(scene, { event: 'tool.run' }, { onLate: (call) => void setTimeout(call, 500) })).toEqual(
      denied('bad_answer'),
    );
  });

  it.each<[string, string, (scene: ReturnType<typeof hookScene>) => void]>([
    ['a directory that others can read', 'runtime_directory_insecure', ({ paths }) => chmodSync(paths.runtime, 0o755)],
    ['a socket that others can open', 'file_insecure', ({ paths }) => chmodSync(paths.socket, 0o666)],
  ])('%s is a denial, and nothing is sent', async (_name, code, open) => {
    const scene = hookScene();
    const asked = await listener(scene, (response) => send(response, 'allow', '0', decision('allow')));
    open(scene);
    expect(await runHook(scene)).toEqual(denied(code));
    expect(asked).toEqual([]);
  });

  it('something else in the place of the socket is a denial', async () => {
    const scene = hookScene();
    writeFileSync(scene.paths.socket, '', { mode: 0o600 });
    expect(await runHook(scene)).toEqual(denied('file_insecure'));
  });
});

const SLOW = { timeout: 60_000 };

describe(rules('LOC-100', 'LOC-105', 'INV-22')`the Node hook and no daemon`, () => {
  it.each(['PreToolUse', 'tool.check', 'tool.run'])('%s is denied where nothing is signed', SLOW, async (event) => {
    expect(await runHook(hookScene(), { event })).toEqual(denied('not_signed_in'));
  });

  it('input that is none is denied', SLOW, async () => {
    expect(await runHook(hookScene(), {}, { input: Buffer.from('{') })).toEqual(denied('input_invalid'));
  });

  it('a change of configuration is refused', SLOW, async () => {
    expect(await runHook(hookScene(), { event: 'ConfigChange' })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('daemon_start_failed'),
    });
  });

  it.each(['PostToolUse', 'PostToolUseFailure', 'SessionEnd'])('%s starts nobody', async (event) => {
    const scene = hookScene();
    expect(await runHook(scene, { event })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(existsSync(scene.paths.state)).toBe(false);
  });

  it(rules('LOC-065')`a deliberate stop is a denial, and no daemon is started`, async () => {
    const scene = hookScene();
    await stopDaemon(scene.paths);
    const marker = join(scene.home, 'started');
    const daemonCommand = ['-e', `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`];
    expect(await runHook(scene, { daemonCommand })).toEqual(denied('daemon_stopped'));
    expect(existsSync(marker)).toBe(false);
  });

  it('a daemon that starts is asked', SLOW, async () => {
    const scene = hookScene();
    const source = `
      const { createServer } = require('node:http');
      process.umask(0o177);
      createServer((request, response) => {
        const isStatus = request.url === '/v1/status';
        const body = isStatus ? ${JSON.stringify(STATUS)} : '{}';
        request.resume().on('end', () => {
          const length = Buffer.byteLength(body);
          response.writeHead(200, { 'airlock-permission': 'pass', 'airlock-exit': '0', 'content-length': length });
          response.end(body);
          if (!isStatus) setTimeout(() => process.exit(), 100);
        });
      }).listen(${JSON.stringify(scene.paths.socket)});
      setTimeout(() => process.exit(), 20000);
    `;
    expect(await runHook(scene, { daemonCommand: ['-e', source] })).toEqual({ code: 0, stdout: '{}', stderr: '' });
  });
});

const STATUS = JSON.stringify({
  signedIn: false,
  auth: 'SignedOut',
  method: null,
  consent: 'Unknown',
  gatewayUrl: null,
  user: null,
  presence: 'offline',
  workspaces: [],
  openRequests: 0,
  daemon: { running: true, pid: 2, startedAt: 0, peerUidChecked: false },
  secrets: 'file',
  problems: [],
});

describe(rules('LOC-100', 'LOC-110', 'INV-22')`the end of the Node hook`, () => {
  it('a signal is a denial', async () => {
    const scene = hookScene();
    await listener(scene, () => undefined);
    expect(await runHook(scene, {}, { onEnd: (call) => void setTimeout(call, 50, 'SIGTERM') })).toEqual(
      denied('SIGTERM'),
    );
  });

  it.each<[string, 'allow' | 'deny', boolean, number]>([
    ['an allow', 'allow', true, 210],
    ['a deny', 'deny', true, 212],
    ['an allow that nobody takes', 'allow', false, 2],
    ['a deny that nobody takes', 'deny', false, 2],
  ])('%s ends behind hook.sh as nothing else does', async (_name, permission, isTaken, code) => {
    const scene = hookScene();
    const exit = permission === 'allow' ? '0' : '2';
    await listener(scene, (response) => send(response, permission, exit, decision(permission)));
    expect(await runHook(scene, { isClean: true }, { give: () => isTaken })).toMatchObject({ code });
  });

  it('an output that nobody takes is no permission', async () => {
    const scene = hookScene();
    await listener(scene, (response) => send(response, 'allow', '0', decision('allow')));
    expect(await runHook(scene, {}, { give: () => false })).toMatchObject({ code: 2 });
  });

  it('an input that breaks off is a denial', async () => {
    const scene = hookScene();
    const asked = await listener(scene, (response) => send(response, 'allow', '0', decision('allow')));
    const hostInput = () => Promise.reject(new Error('EIO'));
    expect(await runHook(scene, { daemonCommand: NO_DAEMON }, { hostInput })).toEqual(denied('internal_error'));
    expect(asked).toEqual([]);
  });
});
