import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { RequestListener } from 'node:http';
import { rules } from '@airlock/conformance';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  type ChannelEvent,
  createGatewayClient,
  type Credentials,
  DEFAULT_RETRY,
  type GatewayError,
  type GatewayClientOptions,
  NO_RETRY,
  webTransport,
} from '../../src/index.js';
import { type NodeTransport, nodeTransport } from '../../src/node.js';
import { listen } from './servers.js';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of cleanup.splice(0).reverse()) await close();
});

function transport(): NodeTransport {
  const node = nodeTransport();
  cleanup.push(() => node.close());
  return node;
}

async function serve(listener: RequestListener) {
  const server = await listen(listener);
  cleanup.push(() => server.close());
  return server;
}

const client = (origin: string, options: Partial<GatewayClientOptions> = {}) =>
  createGatewayClient({ origin, transport: transport(), retry: NO_RETRY, ...options });

const errorOf = (promise: Promise<unknown>): Promise<GatewayError> =>
  promise.then(
    () => {
      throw new Error('succeeded');
    },
    (error) => error,
  );

const ECHO = JSON.stringify({ utc: 'u', local: 'l', timezone: 'UTC', offsetMinutes: 0 });
const PAT: Credentials = { user: { kind: 'pat', pat: 'airpat_secret' } };

describe('a real server', () => {
  it('is asked and read, also in a body of many pieces', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (const character of ECHO) response.write(character);
      response.end();
    });
    expect(await client(origin).discovery.echo()).toEqual(JSON.parse(ECHO));
  });

  it('is asked the same through the platform of a browser', async () => {
    const { origin } = await serve((_, response) => response.end(ECHO));
    const web = createGatewayClient({ origin, transport: webTransport(globalThis), retry: NO_RETRY });
    expect(await web.discovery.echo()).toEqual(JSON.parse(ECHO));
  });

  it('that redirects gets no second request, and the other host no credential', async () => {
    const other = await serve((_, response) => response.end(ECHO));
    for (const status of [301, 302, 303, 307, 308]) {
      const { origin } = await serve((_, response) => {
        response.writeHead(status, { Location: `${other.origin}/echo` }).end();
      });
      for (const via of [transport(), webTransport(globalThis)]) {
        const asking = createGatewayClient({ origin, transport: via, credentials: PAT, retry: NO_RETRY });
        expect(await errorOf(asking.discovery.subscription())).toMatchObject({ code: 'redirect_refused' });
      }
    }
    expect(other.requests).toEqual([]);
  });

  it('that never stops sending is cut off', async () => {
    let isGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const { origin } = await serve((_, response) => {
      const piece = ' '.repeat(64 * 1024);
      const timer = setInterval(() => response.write(piece), 1);
      response.on('close', () => {
        clearInterval(timer);
        isGone();
      });
    });
    expect(await errorOf(client(origin).discovery.echo())).toMatchObject({ code: 'response_too_large' });
    await gone;
  });

  it('that does not answer in time is left, and one that is slow within a body too', async () => {
    const silent = await serve(() => undefined);
    expect(await errorOf(client(silent.origin, { timeoutMs: 100 }).discovery.echo())).toMatchObject({
      kind: 'unreachable',
      code: 'gateway_timeout',
      retryable: true,
    });
    const slow = await serve((_, response) => {
      response.write('{');
    });
    expect(await errorOf(client(slow.origin, { timeoutMs: 100 }).discovery.echo())).toMatchObject({
      kind: 'malformed',
      code: 'response_cut_off',
    });
  });

  it('that holds a wait beyond the ordinary timeout is waited for', async () => {
    const { origin } = await serve((_, response) => {
      setTimeout(() => response.writeHead(204).end(), 950);
    });
    const result = await client(origin, { timeoutMs: 300 }).exchanges.wait({ requestId: 'req-1', timeoutSeconds: 1 });
    expect(result).toEqual({ kind: 'pending', pauseMs: 0 });
  });

  it('a caller that gives up ends the call and the connection', async () => {
    let closed: (value: unknown) => void = () => undefined;
    const gone = new Promise((resolve) => {
      closed = resolve;
    });
    const controller = new AbortController();
    const { origin } = await serve((request) => {
      request.socket.on('close', closed);
      controller.abort();
    });
    const error = await errorOf(client(origin).exchanges.wait({ requestId: 'r' }, { signal: controller.signal }));
    expect(error).toMatchObject({ kind: 'aborted', code: 'aborted' });
    await gone;
  });

  it('that dies in the middle is tried again', async () => {
    let count = 0;
    const { origin } = await serve((request, response) => {
      count += 1;
      if (count < 3) request.socket.destroy();
      else response.end(ECHO);
    });
    const retry = { ...DEFAULT_RETRY, baseDelayMs: 5 };
    expect(await client(origin, { retry }).discovery.echo()).toEqual(JSON.parse(ECHO));
  });

  it('that is not there: nothing was sent, and the error says so', async () => {
    const { origin, close } = await listen(() => undefined);
    await close();
    expect(await errorOf(client(origin).discovery.echo())).toMatchObject({
      kind: 'unreachable',
      code: 'gateway_unreachable',
      sent: false,
    });
  });

  it('that takes the request and hangs up: it may have been sent', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    const error = await errorOf(client(origin).discovery.echo());
    expect(error).toMatchObject({ kind: 'unreachable', code: 'gateway_unreachable' });
    expect(error.sent).toBeUndefined();
  });
});

describe('the environment', () => {
  it('names no proxy', async () => {
    const proxy = createTcpServer();
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    let connections = 0;
    proxy.on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    cleanup.push(() => new Promise((resolve) => proxy.close(resolve)));
    const { port } = proxy.address() as AddressInfo;
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
      vi.stubEnv(name, name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${port}`);
    }
    const { origin } = await serve((_, response) => response.end(ECHO));
    await client(origin).discovery.echo();
    expect(connections).toBe(0);
  });
});

describe(rules('GW-400', 'GW-440')`a real socket`, () => {
  it('opens with the token in the header, says hello, answers pings and ends', async () => {
    const server = await serve((_, response) => response.writeHead(404).end());
    const sockets = new WebSocketServer({ server: server.server });
    cleanup.push(() => new Promise((resolve) => sockets.close(resolve)));
    const frames: string[] = [];
    const upgraded = new Promise<{ url: string; authorization: string | undefined }>((resolve) => {
      sockets.on('connection', (socket, request) => {
        resolve({ url: request.url ?? '', authorization: request.headers.authorization });
        socket.on('message', (data) => {
          frames.push((data as Buffer).toString('utf8'));
          if (frames.length === 1) socket.send('{"msgType":"ping"}');
          else socket.send('{"msgType":"refresh.request"}');
        });
      });
    });
    const events: ChannelEvent[] = [];
    const stopped = new Promise<void>((resolve) => {
      const channel = client(server.origin, {
        credentials: { user: { kind: 'bearer', token: async () => 'jwt' } },
      }).openChannel({
        role: 'enforcer',
        id: 'enf-1',
        onEvent: (event) => {
          events.push(event);
          if (event.type === 'message') channel.close();
          if (event.type === 'stopped') resolve();
        },
      });
    });
    expect(await upgraded).toEqual({ url: '/v1/ws?role=enforcer&id=enf-1', authorization: 'Bearer jwt' });
    await stopped;
    expect(frames.map((frame) => JSON.parse(frame).msgType)).toEqual(['hello', 'pong']);
    expect(events.map(({ type }) => type)).toEqual(['open', 'message', 'stopped']);
  });

  it('a stream of events arrives and ends when its reader leaves', async () => {
    let closed: (value: unknown) => void = () => undefined;
    const gone = new Promise((resolve) => {
      closed = resolve;
    });
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('event: ping\ndata: {}\n\n');
      response.on('close', closed);
    });
    const controller = new AbortController();
    const found = [];
    for await (const event of client(origin).streams.approver('app-1', { signal: controller.signal })) {
      found.push(event);
      setTimeout(() => controller.abort(), 5);
    }
    expect(found).toEqual([{ event: 'ping', data: '{}' }]);
    await gone;
  });
});
