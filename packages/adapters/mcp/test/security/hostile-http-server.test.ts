import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answering, Listening, QUICK, scriptedServer, type Seen } from '../support/http-server.js';

const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}';
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
const WELCOME = '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function connected(answering: Answering, limits = QUICK): Promise<{ client: Listening; seen: readonly Seen[] }> {
  const server = await scriptedServer(answering);
  open.push(() => server.close());
  const client = new Listening({ url: server.url, limits, headers: { authorization: 'Bearer s3cret' } });
  open.push(() => client.close());
  return { client, seen: server.seen };
}

const json = (response: ServerResponse, body: string, headers: Record<string, string | string[]> = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);

/** Writes for as long as somebody reads; gives the bytes written. */
function flood(response: ServerResponse, piece: string, contentType: string): () => number {
  let written = 0;
  response.writeHead(200, { 'content-type': contentType });
  const more = () => {
    let hasRoom = true;
    while (hasRoom && !response.destroyed) {
      hasRoom = response.write(piece);
      written += piece.length;
    }
  };
  response.on('drain', more);
  more();
  return () => written;
}

describe('a server on the network that means harm', () => {
  it('does not get the credentials carried elsewhere by a redirect', async () => {
    const other = await scriptedServer((_seen, response) => json(response, ANSWER));
    open.push(() => other.close());
    for (const status of [301, 302, 303, 307, 308]) {
      const { client } = await connected((_seen, response) =>
        response.writeHead(status, { location: other.url }).end(),
      );
      await client.send(CALL);
      expect(await client.came(1)).toMatchObject([{ code: 'redirect_refused' }]);
    }
    expect(other.seen).toEqual([]);
  });

  it.each([
    ['JSON', 'application/json', '[1,'],
    ['an event', 'text/event-stream', 'data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n'],
    ['one line', 'text/event-stream', 'data: aaaaaaaaaaaaaaaa'],
    ['a comment', 'text/event-stream', ': aaaaaaaaaaaaaaaa'],
  ])('does not fill the memory with %s without an end', async (_name, contentType, piece) => {
    let written = () => 0;
    const { client } = await connected(
      (_seen, response) => {
        written = flood(response, piece.repeat(1000), contentType);
      },
      { ...QUICK, messageBytes: 100_000 },
    );
    await client.send(CALL);
    expect(await client.came(1)).toMatchObject([{ lost: '1', code: 'answer_too_large' }]);
    expect(written()).toBeLessThan(20_000_000);
  });

  it('does not fill the memory with a message sent byte by byte', async () => {
    const { client } = await connected((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of `data: ${ANSWER}\n\n`) response.write(byte);
      response.end();
    });
    await client.send(CALL);
    expect(await client.came(1)).toEqual([ANSWER]);
  });

  it('does not keep a call for ever with endless comments', async () => {
    const { client } = await connected((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: 1\ndata: ${ANSWER}\n\n`);
      const timer = setInterval(() => response.write(':\n\n'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await client.send(CALL);
    expect(await client.came(1)).toEqual([ANSWER]);
    await client.close();
  });

  it.each([
    ['a line break', 's\u0085x'],
    ['a space', 'a b'],
    ['nothing', ''],
    ['too much', 'a'.repeat(1025)],
    ['two of them', ['a', 'b']],
  ])('does not choose what is sent back as its session: %s', async (_name, id) => {
    const { client, seen } = await connected((one, response) => {
      if (one.body === INITIALIZE) json(response, WELCOME, { 'mcp-session-id': id });
      else json(response, ANSWER);
    });
    await client.send(INITIALIZE);
    await client.send(CALL);
    await client.came(2);
    expect(seen.at(-1)?.headers).not.toHaveProperty('mcp-session-id');
  });

  it('does not choose what is sent back as its version', async () => {
    const { client, seen } = await connected((one, response) => {
      if (one.body === INITIALIZE) json(response, WELCOME.replace('2025-11-25', '1\\r\\nx-evil: 1'));
      else json(response, ANSWER);
    });
    await client.send(INITIALIZE);
    await client.send(CALL);
    await client.came(2);
    expect(seen.at(-1)?.headers).not.toHaveProperty('mcp-protocol-version');
    expect(seen.at(-1)?.headers).not.toHaveProperty('x-evil');
  });

  it('cannot make a message of two out of one', async () => {
    const two = '{"jsonrpc":"2.0","id":1,"result":{}}\r{"jsonrpc":"2.0",\n"id":2,"result":{}}';
    const { client } = await connected((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${two.replaceAll(/[\r\n]/g, '\ndata: ')}\n\ndata: ${ANSWER}\n\n`);
    });
    await client.send(CALL);
    const got = await client.came(2);
    expect(got).toEqual([two.replaceAll(/[\r\n]/g, ' '), ANSWER]);
  });

  it('is told nothing of the token by the text of an error', async () => {
    const { client } = await connected((seen, response) => response.writeHead(401).end(JSON.stringify(seen.headers)));
    await client.send(CALL);
    expect(JSON.stringify(await client.came(1))).not.toContain('s3cret');
  });
});

describe('a client that means harm', () => {
  it.each([
    ['the name of a tool', { name: 'a\r\nx-evil: 1', arguments: {} }],
    ['its version', { name: 'a', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28\r\nx-evil: 1' } }],
  ])('puts no header of its own into the request by %s', async (_name, params) => {
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const { client, seen } = await connected((_seen, response) => json(response, ANSWER));
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta: meta, ...params } };
    await client.send(JSON.stringify(call));
    await client.came(1);
    expect(seen[0]?.headers).not.toHaveProperty('x-evil');
    expect(seen[0]?.headers).toHaveProperty('mcp-method', 'tools/call');
  });
});
