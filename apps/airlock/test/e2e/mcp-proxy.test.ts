import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK } from './harness/command.js';
import { Site } from './harness/site.js';

const MINUTE = 60_000;

/** Writes down every line that reaches it, byte for byte. */
const SERVER = `
const { appendFileSync } = require('node:fs');
let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    appendFileSync('seen.txt', line + '\\n');
    const { id, method } = JSON.parse(line);
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], method } }));
  }
});
`;

/** The built proxy in front of that server. */
class Client {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];

  constructor({ developer }: Site, flags: readonly string[] = []) {
    const args = [AIRLOCK, 'mcp', 'proxy', '--name', 'files', ...flags, '--', process.execPath, 'server.cjs'];
    const env = { PATH: process.env['PATH'] ?? '', HOME: developer.home, AIRLOCK_HOME: developer.home };
    this.child = spawn(process.execPath, args, { cwd: developer.workspace, env });
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#lines.push(line);
      else next(line);
    });
  }

  send(text: string): void {
    this.child.stdin.write(`${text}\n`);
  }

  async answer(): Promise<any> {
    return JSON.parse(this.#lines.shift() ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve))));
  }

  async leave(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    return await ended;
  }
}

const call = (id: number, name: string, meta = '') =>
  `{"method":"tools/call", "params":{"name":"${name}","arguments":{"n":1.50}${meta}},"jsonrpc":"2.0","id":${id}}`;

/** The built command, the real daemon and gateway, an approver at another machine. */
describe(rules('INV-1', 'INV-15', 'INV-22')`a client, the proxy, a server and a human`, () => {
  let site: Site;
  const seen = () => {
    const file = join(site.developer.workspace, 'seen.txt');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
    writeFileSync(join(site.developer.workspace, 'server.cjs'), SERVER);
  }, 2 * MINUTE);
  afterAll(() => site.close(), MINUTE);

  test(
    'what is approved reaches the server as it was written, and what passes does not wait for it',
    async () => {
      const client = new Client(site);
      client.send(call(1, 'write'));
      client.send('{"method":"ping","jsonrpc":"2.0","id":2}');
      expect(await client.answer()).toMatchObject({ id: 2 });
      const [request] = await site.approver.pending();
      expect(seen()).toBe('{"method":"ping","jsonrpc":"2.0","id":2}\n');
      const shown = await site.approver.json<Record<string, unknown>>('show', request?.requestId ?? '');
      expect(shown).toMatchObject({ kind: 'mcp-call', server: 'files', tool: 'write', inputJson: '{"n":1.5}' });
      await site.approver.approve(request?.requestId ?? '');
      expect(await client.answer()).toMatchObject({ id: 1, result: { method: 'tools/call' } });
      expect(seen()).toContain(`${call(1, 'write')}\n`);
      expect(await client.leave()).toBe(0);
    },
    MINUTE,
  );

  test(
    'what is rejected does not, and the model gets the reason',
    async () => {
      const client = new Client(site);
      client.send(call(1, 'delete'));
      const [request] = await site.approver.pending();
      await site.approver.reject(request?.requestId ?? '', 'keep it');
      const { result } = await client.answer();
      expect(result).toMatchObject({ isError: true, _meta: { 'airlock/code': 'rejected' } });
      expect(result.content[0].text).toContain(`The approver's words: "keep it"`);
      expect(seen()).not.toContain('delete');
      await client.leave();
    },
    MINUTE,
  );

  test(
    'a client that would give up is told so, and comes back for the decision',
    async () => {
      const client = new Client(site, ['--pending-after', '1']);
      client.send(call(1, 'later', ',"_meta":{"progressToken":7}'));
      expect(await client.answer()).toMatchObject({ method: 'notifications/progress', params: { progressToken: 7 } });
      expect(await client.answer()).toMatchObject({ id: 1, result: { _meta: { 'airlock/code': 'pending' } } });
      const [request, ...others] = await site.approver.pending();
      await site.approver.approve(request?.requestId ?? '');
      expect([others, seen().includes('later')]).toEqual([[], false]);
      client.send(call(2, 'later'));
      expect(await client.answer()).toMatchObject({ id: 2, result: { method: 'tools/call' } });
      await client.leave();
    },
    MINUTE,
  );

  test.each<readonly [how: string, end: (client: Client) => unknown]>([
    [
      'cancels',
      (client) => client.send('{"method":"notifications/cancelled","params":{"requestId":1},"jsonrpc":"2.0"}'),
    ],
    ['leaves', (client) => client.leave()],
    ['is killed with the proxy', (client) => client.child.kill('SIGKILL')],
    ['sends a signal', (client) => client.child.kill('SIGTERM')],
  ])(
    'a client that %s takes its request out of the inbox, and nothing runs',
    async (how, end) => {
      const client = new Client(site);
      client.send(call(1, `never-${how.length}`));
      await site.approver.pending();
      await end(client);
      for (let left = 100; left > 0 && (await site.approver.inbox()).length > 0; left -= 1) continue;
      expect(await site.approver.inbox()).toEqual([]);
      expect(seen()).not.toContain('never');
      if (client.child.exitCode === null && client.child.signalCode === null) await client.leave();
    },
    MINUTE,
  );

  test(
    'without a daemon nothing is forwarded',
    async () => {
      await site.developer.stop();
      const client = new Client(site);
      client.send(call(1, 'unasked'));
      expect(await client.answer()).toMatchObject({
        result: { isError: true, _meta: { 'airlock/code': 'daemon_stopped' } },
      });
      expect(seen()).not.toContain('unasked');
      expect(await client.leave()).toBe(0);
    },
    MINUTE,
  );
});
