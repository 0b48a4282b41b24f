import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxiedRequest, ProxiedResponse, Tamperer, TamperedRoute } from './exchange.js';
import { endToEndHeaders, forwardWhole, openUpstream, readBody } from './forward.js';

/** How to start a hostile gateway. */
export interface HostileGatewayOptions {
  /** Origin of the real gateway, for example `http://127.0.0.1:4000`. */
  readonly target: string;
  /** 0, any free port, by default. Always loopback. */
  readonly port?: number;
  /** What becomes of WebSockets: `refuse` (default) leaves clients with the routes a tamperer sees. */
  readonly upgrades?: 'refuse' | 'forward';
}

/** One exchange that went through. `response` is null when it was withheld or cut. */
export interface SeenExchange {
  readonly request: ProxiedRequest;
  readonly response: ProxiedResponse | null;
}

/** A real HTTP server between clients and a real gateway that does to chosen routes what a test says. */
export interface HostileGateway {
  readonly origin: string;
  /** Tampered exchanges, oldest first. */
  readonly seen: readonly SeenExchange[];
  /** Gives a route to a tamperer; the newest match wins. Returns how to take it back. */
  tamper(route: TamperedRoute, tamperer: Tamperer): () => void;
  close(): Promise<void>;
}

interface Entry {
  readonly route: TamperedRoute;
  readonly tamperer: Tamperer;
}

function headOf(message: IncomingMessage): Omit<ProxiedRequest, 'body'> {
  const url = new URL(message.url ?? '/', 'http://hostile.invalid');
  const { pathname: path, searchParams: query } = url;
  return { method: message.method ?? 'GET', path, query, headers: message.headers };
}

function write(response: ServerResponse, answer: ProxiedResponse): void {
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
}

/** Passes an exchange on as a stream, so that event streams and long polls work. */
function passThrough(target: string, message: IncomingMessage, response: ServerResponse): void {
  const upstream = openUpstream(target, headOf(message));
  upstream.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...endToEndHeaders(answer.headers) });
    answer.pipe(response);
  });
  upstream.once('error', () => response.destroy());
  response.once('close', () => upstream.destroy());
  message.pipe(upstream);
}

function forwardUpgrade(target: string, message: IncomingMessage, client: Duplex): void {
  const { hostname, port } = new URL(target);
  const upstream: Socket = connect(Number(port), hostname, () => {
    const headers = message.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${message.rawHeaders[index + 1] ?? ''}`] : [],
    );
    upstream.write(`${message.method ?? 'GET'} ${message.url ?? '/'} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    upstream.pipe(client).pipe(upstream);
  });
  const cut = () => {
    upstream.destroy();
    client.destroy();
  };
  upstream.once('error', cut);
  client.once('error', cut);
}

async function listening(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // Listening on TCP, so the address has a port.
  const address = server.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}`;
}

/** Starts a hostile gateway on loopback. Close it at the end of the test. */
export async function startHostileGateway(options: HostileGatewayOptions): Promise<HostileGateway> {
  const { target } = options;
  const entries: Entry[] = [];
  const seen: SeenExchange[] = [];

  async function tampered(entry: Entry, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: ProxiedRequest = { ...headOf(message), body: await readBody(message) };
    const answer = await entry.tamperer(request, (changed) => forwardWhole(target, { ...request, ...changed }));
    const isAnswer = typeof answer !== 'string';
    seen.push({ request, response: isAnswer ? answer : null });
    if (isAnswer) write(response, answer);
    else if (answer === 'cut') response.destroy();
  }

  const server = createServer((message, response) => {
    const { method, path } = headOf(message);
    const entry = entries.findLast(({ route }) => route.method === method && route.path.test(path));
    if (entry === undefined) passThrough(target, message, response);
    else tampered(entry, message, response).catch(() => response.destroy());
  });
  server.on('upgrade', (message: IncomingMessage, socket: Duplex) => {
    // A client that dies meanwhile resets the connection.
    socket.once('error', () => socket.destroy());
    if (options.upgrades === 'forward') forwardUpgrade(target, message, socket);
    else socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  const origin = await listening(server, options.port ?? 0);

  return {
    origin,
    seen,
    tamper: (route, tamperer) => {
      const entry = { route, tamperer };
      entries.push(entry);
      return () => {
        entries.splice(entries.indexOf(entry), 1);
      };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) =>
        server.close((error) => (error === undefined ? resolve() : reject(error))),
      );
    },
  };
}
