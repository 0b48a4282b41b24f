import { Client as NewClient } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it } from 'vitest';
import { connectHttpServer } from '../../../src/upstream/http.js';
import { QUICK } from '../../support/http-server.js';
import { newServer, oldServer, type OldServerOptions, type SdkServer } from '../../support/sdk-servers.js';
import { UpstreamTransport } from '../../support/upstream-transport.js';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function transportTo(starting: Promise<SdkServer>): Promise<UpstreamTransport> {
  const server = await starting;
  open.push(() => server.close());
  const upstream = connectHttpServer({ url: server.url, headers: {}, limits: QUICK });
  open.push(() => upstream.close());
  return new UpstreamTransport(upstream);
}

const CLIENTS = {
  'sdk 1.32.2': async (transport: UpstreamTransport) => {
    const client = new OldClient({ name: 'old', version: '1' }, { capabilities: { sampling: {} } });
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'yes' },
    }));
    await client.connect(transport);
    return client;
  },
  'client 2.4.0': async (transport: UpstreamTransport) => {
    const client = new NewClient({ name: 'new', version: '1' }, { capabilities: { sampling: {} } });
    client.setRequestHandler('sampling/createMessage', () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'yes' },
    }));
    await client.connect(transport as never);
    return client;
  },
} as const;

const OLD: readonly (readonly [name: string, options: OldServerOptions])[] = [
  ['sessions and streams', { sessions: true }],
  ['sessions and JSON', { sessions: true, json: true }],
  ['no sessions', { sessions: false }],
  ['streams that go on', { sessions: true, resumable: true }],
];

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('%s against sdk 1.32.2', (name) => {
  it.each(OLD)('with %s: lists and calls', async (_name, options) => {
    const client = await CLIENTS[name](await transportTo(oldServer(options)));
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('greet');
    const answer = await client.callTool({ name: 'greet', arguments: { name: 'Zoë' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello Zoë' }]);
  });

  it('passes progress on before the answer', async () => {
    const client = await CLIENTS[name](await transportTo(oldServer({ sessions: true })));
    const progress: number[] = [];
    const call = { name: 'count', arguments: { to: 5 } };
    const options = { onprogress: (one: { progress: number }) => progress.push(one.progress) };
    const answer =
      client instanceof OldClient
        ? await client.callTool(call, undefined, options)
        : await client.callTool(call, options);
    expect(answer.content).toEqual([{ type: 'text', text: 'counted to 5' }]);
    expect(progress).toEqual([1, 2, 3, 4, 5]);
  });

  it("passes the server's own requests on, and their answers", async () => {
    const client = await CLIENTS[name](await transportTo(oldServer({ sessions: true })));
    const answer = await client.callTool({ name: 'ask', arguments: { prompt: 'ready?' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'the model said {"type":"text","text":"yes"}' }]);
  });

  it('goes on with a stream that the server closed on purpose', async () => {
    const transport = await transportTo(oldServer({ sessions: true, resumable: true }));
    const client = await CLIENTS[name](transport);
    const answer = await client.callTool({ name: 'pause', arguments: {} });
    expect(answer.content).toEqual([{ type: 'text', text: 'went on' }]);
    expect(transport.lost).toEqual([]);
  });

  it('many calls at a time', async () => {
    const client = await CLIENTS[name](await transportTo(oldServer({ sessions: true })));
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const answers = await Promise.all(
      names.map((each) => client.callTool({ name: 'greet', arguments: { name: each } })),
    );
    expect(answers.map(({ content }) => (content as { text: string }[])[0]?.text)).toEqual(
      names.map((each) => `Hello ${each}`),
    );
  });

  it('a session that the server forgot is an error of the call', async () => {
    const starting = oldServer({ sessions: true });
    const transport = await transportTo(starting);
    const client = await CLIENTS[name](transport);
    await (await starting).forget();
    await expect(client.callTool({ name: 'greet', arguments: { name: 'a' } })).rejects.toMatchObject({
      data: { code: 'session_lost' },
    });
  });
});

describe('client 2.4.0 against server 2.4.0', () => {
  const modern = async () => {
    const transport = await transportTo(newServer());
    const client = new NewClient(
      { name: 'new', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(transport as never);
    return { client, transport };
  };

  it('in 2026-07-28: lists and calls', async () => {
    const { client } = await modern();
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['greet', 'place']);
    const answer = await client.callTool({ name: 'greet', arguments: { name: 'Zoë' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello Zoë' }]);
  });

  it('in 2026-07-28: an argument that the tool wants as a header', async () => {
    const { client } = await modern();
    await client.listTools();
    const answer = await client.callTool({ name: 'place', arguments: { region: 'Öst' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'in Öst' }]);
  });

  it('finds the era out by itself', async () => {
    for (const starting of [newServer(), oldServer({ sessions: true })]) {
      const client = new NewClient({ name: 'new', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect((await transportTo(starting)) as never);
      const answer = await client.callTool({ name: 'greet', arguments: { name: 'a' } });
      expect(answer.content).toEqual([{ type: 'text', text: 'Hello a' }]);
    }
  });

  it.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('and %s with a handshake', async (name) => {
    const client = await CLIENTS[name](await transportTo(newServer()));
    const answer = await client.callTool({ name: 'greet', arguments: { name: 'a' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello a' }]);
  });
});
