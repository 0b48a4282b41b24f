import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { startStdioServer } from '../../src/index.js';
import { checkUnchanged, findServer } from '../../src/upstream/server-identity.js';
import { scratch, scriptedServer, start } from '../driver/start.js';
import { requestText } from '../support/messages.js';

const CALL = requestText('tools/call', { name: 'a' }, 1);
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const environment = { PATH: process.env['PATH'] ?? '' };

describe(rules('INV-18')`what a server is`, () => {
  test('program, interpreters and every file that an argument names, by their content', async () => {
    const folder = scratch();
    for (const file of ['server.js', 'config.json', 'other.txt']) writeFileSync(join(folder, file), file);
    symlinkSync('config.json', join(folder, 'link.json'));
    writeFileSync(join(folder, 'start'), '#!/usr/bin/env node\n');
    chmodSync(join(folder, 'start'), 0o755);
    const command = ['./start', 'server.js', '--config=link.json', '-v', 'none.txt', '.'];
    const { identity } = await findServer({ command, folder, environment });
    const node = identity.files.find(({ path }) => path.endsWith('/node'));
    expect(node?.sha256).toBe(sha256(realpathSync(process.execPath)));
    expect(identity).toMatchObject({
      ...{ transport: 'stdio', command, program: join(folder, 'start'), programSha256: sha256(join(folder, 'start')) },
    });
    expect(identity.files.slice(-2)).toEqual([
      { path: join(folder, 'server.js'), sha256: sha256(join(folder, 'server.js')) },
      { path: join(folder, 'config.json'), sha256: sha256(join(folder, 'config.json')) },
    ]);
  });

  it.each<readonly [name: string, change: (folder: string) => void]>([
    ['another content', (folder) => writeFileSync(join(folder, 'server.js'), 'other')],
    ['another mode', (folder) => chmodSync(join(folder, 'server.js'), 0o755)],
    ['no file', (folder) => rmSync(join(folder, 'server.js'))],
    [
      'a link to another file',
      (folder) => {
        rmSync(join(folder, 'server.js'));
        symlinkSync('server2.js', join(folder, 'server.js'));
      },
    ],
  ])('is refused when it changed while it was started: %s', async (_name, change) => {
    const folder = scratch();
    for (const name of ['server.js', 'server2.js']) writeFileSync(join(folder, name), 'same');
    const found = await findServer({ command: [process.execPath, 'server.js'], folder, environment });
    checkUnchanged(found);
    change(folder);
    expect(() => checkUnchanged(found)).toThrow(expect.objectContaining({ code: 'program_changed' }));
  });

  it.each([
    ['no such program', ['airlock-no-such-program'], 'command_not_found'],
    ['a file that is no program', ['./plain'], 'not_executable'],
    ['a folder', ['.'], 'not_executable'],
  ])('%s is not started', async (_name, command, code) => {
    const folder = scratch();
    writeFileSync(join(folder, 'plain'), 'x');
    await expect(startStdioServer({ command, folder, environment, stderr: 'ignore' })).rejects.toMatchObject({ code });
  });
});

describe('a proxy and a server as processes', { timeout: 90_000 }, () => {
  test('messages go both ways, standard error of the server passes, and both end', async () => {
    const at = start(
      'approve',
      scriptedServer("process.stderr.write('hello from the server\\n'); const on = (m) => m.id && answer(m);"),
    );
    at.send(requestText('ping', undefined, 'é'), CALL);
    expect(JSON.parse(await at.line())).toMatchObject({ id: 'é' });
    expect(JSON.parse(await at.line())).toMatchObject({ id: 1 });
    expect((await at.leave()).code).toBe(0);
    expect(at.stderr()).toContain('hello from the server');
    expect(at.told()).toMatchObject({
      asked: ['a'],
      claimed: ['req-1'],
      outcomes: [{ outcome: { result: 'exited' } }],
    });
  });

  test('messages that come in pieces, and several at once', async () => {
    const body = `const on = (m) => {
      const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: m.id, result: { t: '😀'.repeat(3) } }) + '\\n{"jsonrpc":"2.0","method":"n"}\\n');
      let at = 0;
      const next = () => { process.stdout.write(bytes.subarray(at, at + 3)); at += 3; if (at < bytes.length) setTimeout(next, 1); };
      next();
    };`;
    const at = start('approve', scriptedServer(body));
    for (const byte of Buffer.from(`${requestText('ping', undefined, 'ä')}\n`))
      at.child.stdin.write(Uint8Array.of(byte));
    expect(JSON.parse(await at.line())).toMatchObject({ id: 'ä', result: { t: '😀😀😀' } });
    expect(await at.line()).toBe('{"jsonrpc":"2.0","method":"n"}');
    await at.leave();
  });

  test('a large result, and a result after the client has stopped writing', async () => {
    const body = "const on = (m) => setTimeout(() => answer(m, { t: 'x'.repeat(5e6) }), 200);";
    const at = start('approve', scriptedServer(body));
    at.send(requestText('ping', undefined, 1));
    const { code, rest } = await at.leave();
    expect([code, rest.length, rest[0]?.length]).toEqual([
      0,
      1,
      5_000_000 + '{"jsonrpc":"2.0","id":1,"result":{"t":""}}'.length,
    ]);
  });

  test('a server that ends in the middle of a call', async () => {
    const at = start(
      'approve',
      scriptedServer("const on = (m) => m.method === 'tools/call' ? process.exit(7) : answer(m);"),
    );
    at.send(CALL);
    const told = JSON.parse(await at.line());
    expect(told).toMatchObject({ id: 1, error: { data: { code: 'server_gone' } } });
    expect(told.error.message).toMatch(/ended with code 7.*unknown whether/);
    at.send(requestText('ping', undefined, 2));
    expect(JSON.parse(await at.line())).toMatchObject({ id: 2, error: { data: { code: 'server_gone' } } });
    expect((await at.leave()).code).toBe(1);
    expect(at.told().outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'unknown' } }]);
  });

  test('a server that is killed', async () => {
    const at = start('approve', scriptedServer("const on = () => process.kill(process.pid, 'SIGKILL');"));
    at.send(CALL);
    expect(JSON.parse(await at.line()).error.message).toMatch(/ended by SIGKILL/);
    await at.leave();
  });

  test('what a server said right before it ended still arrives', async () => {
    const at = start(
      'approve',
      scriptedServer(
        "const on = (m) => { answer(m, { t: 'x'.repeat(3e6) }); process.exitCode = 0; process.stdin.destroy(); };",
      ),
    );
    at.send(CALL);
    expect((await at.line()).length).toBeGreaterThan(3e6);
    await at.leave();
    expect(at.told().outcomes[0].outcome).toEqual({ result: 'exited', exitCode: 0 });
  });

  test('a server that ignores the end of its input is told, then ended', async () => {
    const body =
      "process.on('SIGTERM', () => process.stderr.write('told\\n')); setInterval(() => undefined, 1e3); const on = (m) => answer(m, { pid: process.pid });";
    const at = start('approve', scriptedServer(body));
    at.send(requestText('ping', undefined, 1));
    const { pid } = JSON.parse(await at.line()).result;
    expect((await at.leave()).code).toBe(0);
    expect(at.stderr()).toContain('told');
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('a program of the server that outlives it does not hold anybody up', async () => {
    const body = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 20000)'], { stdio: 'inherit', detached: true }).unref();
      const on = (m) => { answer(m); setTimeout(() => process.exit(0), 50); };`;
    const at = start('approve', scriptedServer(body));
    at.send(CALL);
    await at.line();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = performance.now();
    at.child.stdin.end();
    await new Promise((resolve) => at.child.once('exit', resolve));
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  test('a client that is killed while a call waits: withdrawn, the server ends', async () => {
    const at = start('wait', scriptedServer('const on = (m) => answer(m);'));
    at.send(requestText('ping', undefined, 0), CALL);
    await at.line();
    await new Promise((resolve) => setTimeout(resolve, 300));
    at.child.stdout.destroy();
    expect((await at.leave()).code).toBe(0);
    expect(at.told()).toMatchObject({ asked: ['a'], claimed: [], withdrawn: ['req-1'] });
  });

  test('a signal withdraws and ends the server', async () => {
    const at = start('wait', scriptedServer('const on = (m) => answer(m, { pid: process.pid });'));
    at.send(requestText('ping', undefined, 0), CALL);
    const { pid } = JSON.parse(await at.line()).result;
    await new Promise((resolve) => setTimeout(resolve, 300));
    at.child.kill('SIGTERM');
    await at.leave();
    expect(at.told()).toMatchObject({ withdrawn: ['req-1'] });
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('a server that floods a client that does not read stays small', async () => {
    const body =
      "const line = JSON.stringify({ jsonrpc: '2.0', method: 'n', params: { t: 'x'.repeat(1e5) } }); const pump = () => { while (process.stdout.write(line + '\\n')); process.stdout.once('drain', pump); }; const on = (m) => { answer(m); pump(); };";
    const at = start('approve', scriptedServer(body));
    at.send(requestText('ping', undefined, 1));
    await at.line();
    at.child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const status = readFileSync(`/proc/${at.child.pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(400_000);
    at.child.kill('SIGTERM');
    at.child.stdout.resume();
    await at.leave();
  });
});
