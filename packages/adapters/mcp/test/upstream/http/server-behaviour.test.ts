import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answering,
  closed,
  Listening,
  listening,
  QUICK,
  scriptedServer,
  type Seen,
} from '../../support/http-server.js';

const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}';
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
const WELCOME = '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function connected(answering: Answering, limits = QUICK): Promise<{ client: Listening; seen: readonly Seen[] }> {
  const server = await scriptedServer(answering);
  open.push(() => server.close());
  const client = new Listening({ url: server.url, limits, headers: { Authorization: 'Bearer token' } });
  open.push(() => client.close());
  return { client, seen: server.seen };
}

const json = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
const stream = (response: ServerResponse, text: string, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).write(text);

/** A server with sessions, where `more` answers everything behind the handshake. */
const withSession =
  (more: Answering): Answering =>
  (seen, response) => {
    if (seen.body.includes('"initialize"')) json(response, 200, WELCOME, { 'mcp-session-id': 's-1' });
    else if (seen.body.includes('notifications/')) response.writeHead(202).end();
    else return more(seen, response);
  };

describe('what one request comes to', () => {
  const TABLE: readonly (readonly [name: string, code: string, answering: Answering])[] = [
    ['redirect', 'redirect_refused', (_seen, response) => response.writeHead(307, { location: '/else' }).end()],
    ['401', 'unauthorized', (_seen, response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()],
    ['403', 'forbidden', (_seen, response) => json(response, 403, '{"error":"no"}')],
    ['404 without a session', 'http_status', (_seen, response) => response.writeHead(404).end('not here')],
    [
      '400 that names no request',
      'http_status',
      (_seen, response) => json(response, 400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"x"}}'),
    ],
    ['500', 'http_status', (_seen, response) => response.writeHead(500).end('<html>')],
    [
      '503 as an event stream',
      'http_status',
      (_seen, response) => response.writeHead(503, { 'content-type': 'text/event-stream' }).end(`data: ${ANSWER}\n\n`),
    ],
    ['202 without an answer', 'answer_invalid', (_seen, response) => response.writeHead(202).end()],
    [
      'a web page',
      'answer_invalid',
      (_seen, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['no JSON', 'answer_invalid', (_seen, response) => json(response, 200, '{"jsonrpc":')],
    [
      "another request's answer",
      'answer_invalid',
      (_seen, response) => json(response, 200, ANSWER.replace('"id":1', '"id":2')),
    ],
    ['compressed', 'answer_invalid', (_seen, response) => json(response, 200, ANSWER, { 'content-encoding': 'gzip' })],
    [
      'a stream that ends too early',
      'stream_ended',
      (_seen, response) => stream(response, ': hello\n\n') && response.end(),
    ],
    [
      'a stream that breaks',
      'connection_lost',
      (_seen, response) => {
        stream(response, ': hello\n\n');
        setTimeout(() => response.destroy(), 50);
      },
    ],
    ['a connection that breaks', 'connection_lost', (_seen, response) => response.destroy()],
    ['silence', 'answer_timeout', () => undefined],
    ['a stream that falls silent', 'answer_timeout', (_seen, response) => stream(response, ': hello\n\n')],
  ];

  it.each(TABLE)('%s: %s', async (_name, code, answering) => {
    const { client } = await connected(answering, { ...QUICK, silenceMs: 300 });
    await client.send(CALL);
    expect(await client.came(1)).toEqual([{ lost: '1', code, reason: expect.any(String), wasSent: true }]);
  });

  it.each([
    ['400', 400],
    ['404', 404],
    ['500', 500],
  ])('an error for this request with status %s is its answer', async (_name, status) => {
    const error = '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}';
    const { client } = await connected((_seen, response) => json(response, status, error));
    await client.send(CALL);
    expect(await client.came(1)).toEqual([error]);
  });

  it('nobody listens: certainly not performed', async () => {
    const server = await scriptedServer(() => undefined);
    await server.close();
    const client = new Listening({ url: server.url });
    open.push(() => client.close());
    await client.send(CALL);
    expect(await client.came(1)).toMatchObject([{ lost: '1', code: 'server_unreachable', wasSent: false }]);
  });

  it('a server of 2024-11-05 is named', async () => {
    const { client } = await connected((seen, response) => {
      if (seen.method === 'GET') stream(response, 'event: endpoint\ndata: /messages?id=1\n\n');
      else response.writeHead(405).end();
    });
    await client.send(INITIALIZE);
    expect(await client.came(1)).toMatchObject([{ lost: '0', code: 'transport_too_old' }]);
  });

  it('too many at a time: not sent', async () => {
    const { client, seen } = await connected(() => undefined, { ...QUICK, openCalls: 2 });
    for (const id of [1, 2, 3]) await client.send(CALL.replace('"id":1', `"id":${id}`));
    expect(await client.came(1)).toMatchObject([{ lost: '3', code: 'too_many_calls', wasSent: false }]);
    expect(seen.map(({ body }) => body)).not.toContain(CALL.replace('"id":1', '"id":3'));
  });

  it('one lost call leaves the others alone', async () => {
    const { client } = await connected(async (seen, response) => {
      if (seen.body.includes('"id":1')) return void response.destroy();
      await new Promise((resolve) => setTimeout(resolve, 100));
      json(response, 200, ANSWER.replace('"id":1', '"id":2'));
    });
    await Promise.all([client.send(CALL), client.send(CALL.replace('"id":1', '"id":2'))]);
    const got = await client.came(2);
    expect(got).toContainEqual(ANSWER.replace('"id":1', '"id":2'));
    expect(got).toContainEqual(expect.objectContaining({ lost: '1', code: 'connection_lost' }));
  });
});

describe('bytes are carried as they are', () => {
  const ODD = '{ "id" :1,"jsonrpc":"2.0","method":"tools/call","params":{"n":1e0,"s":"\\u00e9é","n2":1.0} } ';

  it('of the client', async () => {
    const { client, seen } = await connected((_seen, response) => json(response, 200, ANSWER));
    await client.send(ODD);
    await client.came(1);
    expect(seen[0]?.body).toBe(ODD);
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer token',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    });
  });

  it.each([
    ['JSON', (response: ServerResponse, body: string) => json(response, 200, body)],
    ['an event', (response: ServerResponse, body: string) => stream(response, `data: ${body}\n\n`) && response.end()],
  ])('of the server, as %s', async (_name, answer) => {
    const body = '{ "result":{"n":1.0,"s":"\\u00e9é","x":{},"x":{}} ,"id":1.0,"jsonrpc":"2.0" }';
    const { client } = await connected((_seen, response) => answer(response, body));
    await client.send(CALL);
    expect(await client.came(1)).toEqual([body]);
  });

  it('in one line, where the server wrote several', async () => {
    const { client } = await connected((_seen, response) =>
      json(response, 200, '{"jsonrpc":"2.0",\r\n"id":1,\n"result":{}}\n'),
    );
    await client.send(CALL);
    expect(await client.came(1)).toEqual(['{"jsonrpc":"2.0",  "id":1, "result":{}}']);
  });

  it('every message of a stream, in order', async () => {
    const note = (n: number) => `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":${n}}}`;
    const { client } = await connected((_seen, response) => {
      stream(response, [1, 2, 3].map((n) => `data: ${note(n)}\n\n`).join(''));
      response.end(`data: ${ANSWER}\n\n`);
    });
    await client.send(CALL);
    expect(await client.came(4)).toEqual([note(1), note(2), note(3), ANSWER]);
  });
});

describe('a session', () => {
  it('is named in everything after the handshake, and ended', async () => {
    const { client, seen } = await connected(
      withSession((one, response) => {
        if (one.method === 'GET') response.writeHead(405).end();
        else json(response, 200, ANSWER);
      }),
    );
    await Promise.all([client.send(INITIALIZE), client.send(INITIALIZED), client.send(CALL)]);
    await client.came(2);
    await client.close();
    expect(seen.find(({ body }) => body === INITIALIZE)?.headers).not.toHaveProperty('mcp-session-id');
    expect(seen.find(({ body }) => body === INITIALIZE)?.headers).not.toHaveProperty('mcp-protocol-version');
    const later = seen.filter(({ body }) => body !== INITIALIZE);
    expect(new Set(later.map(({ method }) => method))).toEqual(new Set(['POST', 'GET', 'DELETE']));
    for (const { headers } of later) {
      expect(headers).toMatchObject({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-11-25' });
    }
    expect(seen.findIndex(({ body }) => body === INITIALIZED)).toBeLessThan(
      seen.findIndex(({ body }) => body === CALL),
    );
  });

  it('that the server has lost is an end of the call, and a new handshake begins another', async () => {
    let handshakes = 0;
    const { client, seen } = await connected((one, response) => {
      if (one.body === INITIALIZE) {
        handshakes += 1;
        json(response, 200, WELCOME, { 'mcp-session-id': `s-${handshakes}` });
      } else if (one.headers['mcp-session-id'] === 's-2') json(response, 200, ANSWER);
      else response.writeHead(404).end();
    });
    await client.send(INITIALIZE);
    await client.send(CALL);
    expect(await client.came(2)).toMatchObject([WELCOME, { lost: '1', code: 'session_lost' }]);
    await client.send(INITIALIZE);
    await client.send(CALL);
    expect(await client.came(4)).toMatchObject([WELCOME, {}, WELCOME, ANSWER]);
    expect(seen[2]?.headers).not.toHaveProperty('mcp-session-id');
  });

  it('has a stream for what the server says by itself, opened again where it broke', async () => {
    const note = (n: number) => `{"jsonrpc":"2.0","method":"notifications/message","params":{"n":${n}}}`;
    let streams = 0;
    const { client, seen } = await connected(
      withSession((one, response) => {
        if (one.method !== 'GET') return;
        streams += 1;
        stream(response, `retry: 20\nid: e${streams}\ndata: ${note(streams)}\n\n`);
        if (streams === 1) response.end();
        if (streams === 2) setTimeout(() => response.destroy(), 30);
      }),
    );
    await client.send(INITIALIZE);
    await client.send(INITIALIZED);
    expect(await client.came(4)).toEqual([WELCOME, note(1), note(2), note(3)]);
    expect(seen.filter(({ method }) => method === 'GET').map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      'e1',
      'e2',
    ]);
  });

  it('a message whose receipt fails is reported', async () => {
    const { client } = await connected((_seen, response) => response.writeHead(500).end());
    await client.send(INITIALIZED);
    expect(client.reports).toEqual(['a message did not reach the server: the server answered with HTTP status 500']);
  });
});

describe("a call's stream that breaks", () => {
  it('goes on after the last event', async () => {
    const { client, seen } = await connected((one, response) => {
      if (one.method === 'POST') {
        stream(response, 'id: p0\nretry: 20\ndata:\n\n');
        setTimeout(() => response.destroy(), 20);
      } else {
        stream(response, `id: p1\ndata: ${ANSWER}\n\n`);
        response.end();
      }
    });
    await client.send(CALL);
    expect(await client.came(1)).toEqual([ANSWER]);
    expect(seen.map(({ method, headers }) => [method, headers['last-event-id']])).toEqual([
      ['POST', undefined],
      ['GET', 'p0'],
    ]);
  });

  it('is given up when nothing new comes', async () => {
    const { client, seen } = await connected((_one, response) => {
      stream(response, 'id: p0\nretry: 5\ndata:\n\n');
      response.end();
    });
    await client.send(CALL);
    expect(await client.came(1)).toMatchObject([{ lost: '1', code: 'stream_ended' }]);
    expect(seen).toHaveLength(1 + QUICK.retries);
  });

  it('is given up when the server does not go on', async () => {
    const { client } = await connected((one, response) => {
      if (one.method === 'GET') return void response.writeHead(400).end();
      stream(response, 'id: p0\nretry: 5\ndata:\n\n');
      response.end();
    });
    await client.send(CALL);
    expect(await client.came(1)).toMatchObject([{ lost: '1', code: 'stream_ended' }]);
  });
});

describe('a cancelled request', () => {
  const cancelled = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}';
  const modern = CALL.replace(
    '"name":"t"',
    '"name":"t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}',
  );

  it('of 2026-07-28 ends its stream; the notification stays here', async () => {
    let ended: () => void = () => undefined;
    const hasEnded = new Promise<void>((resolve) => (ended = resolve));
    const { client, seen } = await connected((_one, response) => {
      response.on('close', ended);
      stream(response, ': hello\n\n');
    });
    await client.send(modern);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.send(cancelled);
    await hasEnded;
    expect(seen.map(({ body }) => body)).toEqual([modern]);
    expect(client.got).toEqual([]);
  });

  it('of an older era is cancelled by the notification, and not called lost', async () => {
    let ended: () => void = () => undefined;
    const hasEnded = new Promise<void>((resolve) => (ended = resolve));
    const { client, seen } = await connected(
      withSession((_one, response) => {
        response.on('close', ended);
        stream(response, ': hello\n\n');
      }),
    );
    await client.send(INITIALIZE);
    await client.send(CALL);
    await client.send(cancelled);
    await hasEnded;
    expect(seen.map(({ body }) => body)).toEqual([INITIALIZE, CALL, cancelled]);
    expect(client.got).toEqual([WELCOME]);
  });
});

describe('the end', () => {
  it('ends everything under way, without a lost call', async () => {
    const { client } = await connected((_one, response) => stream(response, ': hello\n\n'));
    await client.send(CALL);
    await client.close();
    await expect(client.upstream.ended).resolves.toEqual({ reason: 'closed', exitCode: null });
    expect(client.got).toEqual([]);
    await expect(client.send(CALL)).rejects.toMatchObject({ code: 'server_gone' });
  });

  it('waits a little for what was asked before', async () => {
    const { client } = await connected(async (_one, response) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      json(response, 200, ANSWER);
    });
    await client.send(CALL);
    await client.close();
    expect(client.got).toEqual([ANSWER]);
  });

  it('does not wait for a server that does not answer', async () => {
    const { client } = await connected(
      withSession(() => undefined),
      { ...QUICK, closeMs: 200 },
    );
    await client.send(INITIALIZE);
    await client.came(1);
    await client.close();
  });
});

describe('a reader who takes nothing', () => {
  it('holds the server back', async () => {
    let written = 0;
    const server = await scriptedServer((_one, response) => {
      const line = `data: {"jsonrpc":"2.0","method":"n","params":"${'x'.repeat(60_000)}"}\n\n`;
      stream(response, ': hello\n\n');
      const more = () => {
        let hasRoom = true;
        while (hasRoom && written < 2000) {
          hasRoom = response.write(line);
          written += 1;
        }
      };
      response.on('drain', more);
      more();
    });
    open.push(() => server.close());
    const { connectHttpServer } = await import('../../../src/upstream/http.js');
    const { readMessage } = await import('../../../src/jsonrpc/message.js');
    const upstream = connectHttpServer({ url: server.url, headers: {}, limits: QUICK });
    await upstream.send(readMessage(Buffer.from(CALL)));
    for (let before = -1; before < written; ) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(500);
    await upstream.close();
  });
});

describe('TLS', () => {
  const file = (name: string) =>
    readFileSync(new URL(`../../../../../gateway-client/test/node/tls/${name}`, import.meta.url));

  it('a certificate that nobody vouches for is refused, whatever the environment says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const server = createTlsServer({ cert: file('cert.pem'), key: file('key.pem') }, (_request, response) => {
      response.end();
    });
    const port = await listening(server);
    open.push(() => closed(server));
    const client = new Listening({ url: `https://localhost:${port}/mcp` });
    open.push(() => client.close());
    await client.send(CALL);
    expect(await client.came(1)).toMatchObject([{ lost: '1', code: 'tls_untrusted', wasSent: false }]);
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });
});
