import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type NotesServer, startNotesServer } from './mcp-server.js';
import { compileExamples, openSite, type Site } from './site.js';

const MINUTE = 60_000;

/** The example as a process of its own, in front of a real MCP server. */
async function startExample(env: Readonly<Record<string, string>>, program: string) {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const [, found] = /listening on (\d+)/.exec(chunk.toString()) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error('the example ended')));
  });
  return { child, url: `http://127.0.0.1:${port}/` };
}

describe(rules('LOC-045', 'LOC-100', 'ENF-140')`the gateway of docs/examples/gateway`, () => {
  let site: Site;
  let notes: NotesServer;
  let gateway: Awaited<ReturnType<typeof startExample>>;
  const clients: Client[] = [];

  beforeAll(async () => {
    site = await openSite();
    notes = await startNotesServer();
    const endpoint = await site.client.endpoint({ state: 'on', workspace: site.workspace, port: 0 });
    if (endpoint.state !== 'on' || endpoint.token === undefined) throw new Error('the endpoint is off');
    const tokenFile = join(site.workspace, 'token');
    writeFileSync(tokenFile, `${endpoint.token}\n`, { mode: 0o600 });
    const env = {
      LISTEN: '0',
      UPSTREAM: notes.url,
      AIRLOCK: endpoint.url,
      AIRLOCK_TOKEN_FILE: tokenFile,
      SERVER: 'notes',
    };
    gateway = await startExample(env, join(await compileExamples(site), 'gateway', 'gateway.js'));
  }, MINUTE);

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  afterAll(async () => {
    gateway.child.kill();
    await notes.close();
    await site.close();
  }, MINUTE);

  async function connected(): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)) as never);
    clients.push(client);
    return client;
  }

  const write = (client: Client, text: string) => client.callTool({ name: 'write_note', arguments: { text } });

  it(
    'forwards what needs no approval byte for byte, without asking anybody',
    async () => {
      const client = await connected();
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['write_note']);
      expect(await site.human.pending()).toEqual([]);
    },
    MINUTE,
  );

  it(
    'forwards an approved call, once',
    async () => {
      const client = await connected();
      const [result, opened] = await Promise.all([write(client, 'buy milk'), site.human.approveNext()]);
      expect(result).toMatchObject({ content: [{ type: 'text', text: 'written' }] });
      expect(notes.written).toEqual(['buy milk']);
      expect(opened.content).toMatchObject({
        action: {
          kind: 'mcp-call',
          server: 'notes',
          tool: 'write_note',
          inputJson: '{"text":"buy milk"}',
          source: 'gateway',
          notices: ['claimed-by-agent'],
          extensions: { 'airlock.mcp': { server: { transport: 'gateway' } } },
        },
      });
    },
    MINUTE,
  );

  it(
    'keeps a rejected call from the server and hands the reason to the model',
    async () => {
      const client = await connected();
      const before = notes.bodies.length;
      const [result] = await Promise.all([write(client, 'no'), site.human.rejectNext('ask me tomorrow')]);
      expect(result).toMatchObject({ isError: true });
      expect(JSON.stringify(result)).toContain('ask me tomorrow');
      expect(notes.bodies.slice(before).filter((body) => body.includes('tools/call'))).toEqual([]);
      expect(notes.written).toEqual(['buy milk']);
    },
    MINUTE,
  );

  it(
    'withdraws the question when the client goes away',
    async () => {
      const leaving = new AbortController();
      const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write_note","arguments":{}}}';
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      const asked = fetch(gateway.url, { method: 'POST', body, headers, signal: leaving.signal }).catch(() => 'gone');
      await site.human.next();
      leaving.abort();
      expect(await asked).toBe('gone');
      await expect.poll(async () => (await site.client.requests()).requests, { timeout: 10_000 }).toEqual([]);
    },
    MINUTE,
  );

  it.each([
    ['a call twice in one message', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}', {}],
    ['a call in a batch', '[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write_note"}}]', {}],
    ['a call as a notification', '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"write_note"}}', {}],
    ['another character set', '{}', { 'content-type': 'application/json; charset=utf-16' }],
    ['a packed body', '{}', { 'content-encoding': 'gzip' }],
  ])('forwards nothing of %s', async (_, body, over) => {
    const before = notes.bodies.length;
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...over };
    const answer = await fetch(gateway.url, { method: 'POST', body, headers });
    const text = await answer.text();
    expect(answer.status === 403 || JSON.parse(text)?.error !== undefined).toBe(true);
    expect(notes.bodies).toHaveLength(before);
  });

  it(
    'forwards nothing when the endpoint is off',
    async () => {
      const client = await connected();
      await site.client.endpoint({ state: 'off' });
      const before = notes.bodies.length;
      await expect(write(client, 'x')).rejects.toThrow();
      expect(notes.bodies).toHaveLength(before);
    },
    MINUTE,
  );
});

describe('the configuration of Envoy beside it', () => {
  const text = readFileSync(
    fileURLToPath(new URL('../../../../docs/examples/gateway/envoy.yaml', import.meta.url)),
    'utf8',
  );

  it.each([
    ['denies when Airlock does not answer', /failure_mode_allow: false/],
    ['sends the whole body or nothing', /allow_partial_message: false/],
    ['takes bodies as large as Airlock does', /max_request_bytes: 4194304/],
    ['lets the client choose no part of the path', /normalize_path: true[\s\S]*match: \{ path: \/mcp \}/],
    ['names the server in the path', /path_prefix: \/v1\/ext-authz\/[a-z]+$/m],
    ['sends the token in place of what the client sent', /key: authorization, value: Bearer airend_/],
    ['tells the type and the packing of a body', /exact: content-type[\s\S]*exact: content-encoding/],
    ['gives Airlock the Host that it insists on', /host_rewrite_literal: 127\.0\.0\.1:8741/],
  ])('%s', (_, line) => expect(text).toMatch(line));
});
