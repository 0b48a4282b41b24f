import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';

/** Clears the screen, draws a card of its own, turns text around, and names a second line. */
const NASTY = '\u001b[2J\u001b[1;1HRequest req-1 \u009b31mok\u202eevil\u2066\r\nhash verified';
const UNSAFE = /[\p{Cc}\p{Cf}]/u;
const harmful = (output: string) => output.split('\n').filter((line) => UNSAFE.test(line));

let home: string;
let server: Server;
let gateway: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'airlock-inject-'));
  await writeFile(join(home, 'pat'), 'airpat_x\n', { mode: 0o600 });
  server = createServer((_request, response) => {
    response.writeHead(422, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ msgType: 'error', code: 'HARP_ERR_SIGNATURE_INVALID', message: NASTY }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
});

describe(rules('APPR-170', 'INV-40')`text of others on the terminal of the one who decides`, () => {
  test('a hostile gateway cannot draw on it with its error messages', async () => {
    const keys = join(home, 'keys');
    const line = ['approver', 'init', '--gateway', gateway, '--pat-file', join(home, 'pat'), '--no-passphrase'];
    const { code, stdout, stderr } = await run([...line, '--key-dir', keys], { home });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('\\u{1B}[2J');
    expect(harmful(stderr)).toEqual([]);
  });

  test('neither can a name that somebody gave to an app', async () => {
    const data = ['--data-dir', join(home, 'gateway')];
    const made = await run(['gateway', 'app', 'create', '--name', 'x\u202egnp', '--kind', 'Agent', ...data], { home });
    expect(made.code).toBe(0);
    const { code, stdout } = await run(['gateway', 'app', 'list', ...data], { home });
    expect(code).toBe(0);
    expect(stdout).toContain('x\\u{202E}gnp');
    expect(harmful(stdout)).toEqual([]);
    const json = await run(['gateway', 'app', 'list', '--json', ...data], { home });
    expect(JSON.parse(json.stdout)).toMatchObject([{ name: 'x\u202egnp' }]);
  });
});
