import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { jsonResponse, startHostileGateway, withJson } from '@airlock/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A plain server that echoes what it got. */
async function realGateway(): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-real', 'yes');
      const body = Buffer.concat(chunks).toString('utf8');
      response.end(JSON.stringify({ method: request.method, url: request.url, body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function hostile(upgrades?: 'refuse' | 'forward') {
  const target = await realGateway();
  const gateway = await startHostileGateway(upgrades === undefined ? { target } : { target, upgrades });
  closing.push(() => gateway.close());
  return gateway;
}

const WAIT = { method: 'GET', path: /^\/v1\/exchanges\/[^/]+\/wait$/ };

describe('the hostile gateway', () => {
  it('passes on what nobody tampers with', async () => {
    const gateway = await hostile();
    const response = await fetch(`${gateway.origin}/v1/artifacts?a=1`, { method: 'POST', body: 'payload' });
    expect(response.headers.get('x-real')).toBe('yes');
    expect(await response.json()).toEqual({ method: 'POST', url: '/v1/artifacts?a=1', body: 'payload' });
    expect(gateway.seen).toEqual([]);
  });

  it('rewrites, forges and forwards changed requests', async () => {
    const gateway = await hostile();
    gateway.tamper(WAIT, async (_request, forward) => withJson(await forward(), (value) => ({ forged: value })));
    expect(await (await fetch(`${gateway.origin}/v1/exchanges/a/wait`)).json()).toMatchObject({
      forged: { method: 'GET' },
    });
    const undo = gateway.tamper(WAIT, () => jsonResponse(200, { invented: true }));
    expect(await (await fetch(`${gateway.origin}/v1/exchanges/a/wait`)).json()).toEqual({ invented: true });
    undo();
    gateway.tamper(WAIT, (_request, forward) => forward({ path: '/v1/exchanges/b/wait' }));
    expect(await (await fetch(`${gateway.origin}/v1/exchanges/a/wait`)).json()).toMatchObject({
      url: '/v1/exchanges/b/wait',
    });
    expect(gateway.seen).toHaveLength(3);
  });

  it('withholds and cuts', async () => {
    const gateway = await hostile();
    gateway.tamper(WAIT, () => 'cut');
    await expect(fetch(`${gateway.origin}/v1/exchanges/a/wait`)).rejects.toThrow();
    gateway.tamper(WAIT, () => 'withhold');
    const signal = AbortSignal.timeout(200);
    await expect(fetch(`${gateway.origin}/v1/exchanges/a/wait`, { signal })).rejects.toThrow();
    expect(gateway.seen.map(({ response }) => response)).toEqual([null, null]);
  });

  it('refuses upgrades unless told to forward them', async () => {
    const gateway = await hostile();
    const { port } = new URL(gateway.origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [first] = await new Promise<Buffer[]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
    expect(first?.toString('utf8')).toMatch(/^HTTP\/1\.1 503/);
    socket.destroy();
  });
});
