import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { hostname } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { HARP_VERSION, isLoopbackHost } from '@airlock/protocol';
import type { GatewayConfig } from './config.js';
import { type GatewayCore, mountFor } from './app.js';
import { GatewayError, StartupError } from './errors.js';
import { errorResponse } from './http/pipeline.js';
import { socketServer } from './socket/server.js';

/** Room for reconnects of every waiter at once after a restart. */
const BACKLOG = 4096;
const KEEP_ALIVE_MS = 65_000;
/** How often slow requests are looked for; a limit is overrun by at most this. */
const CHECK_EVERY_MS = 1000;
const DRAIN_MS = 5000;
const IDLE_EVERY_MS = 25;

/** An accepting server. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, lets answers finish for a few seconds, then drops what is left. */
  readonly stop: () => Promise<void>;
}

/** Tells whether an address to listen on is reachable from this machine only; IPv6 without brackets here. */
function isLoopback(host: string): boolean {
  return isLoopbackHost(host.includes(':') ? `[${host}]` : host);
}

/** GW-030. @throws StartupError `tls_required` */
export function assertTransport(config: GatewayConfig): void {
  const declared = config.trustProxy.length > 0 || config.publicUrl?.startsWith('https:') === true;
  if (config.tls !== undefined || declared || isLoopback(config.host)) return;
  throw new StartupError(
    'tls_required',
    `Refusing plain HTTP on ${config.host}. Give --tls-cert and --tls-key, or --public-url https://… when a proxy terminates TLS, or use --host 127.0.0.1.`,
  );
}

/** Origin under which clients reach this gateway, once the port is known. */
export function originOf(config: GatewayConfig, port: number): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  const scheme = config.tls === undefined ? 'http' : 'https';
  const any = config.host === '0.0.0.0' || config.host === '::';
  const name = isLoopback(config.host) ? 'localhost' : any ? hostname() : config.host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

type AnyServer = Server | SecureServer;
type Listener = (request: IncomingMessage, response: ServerResponse) => void;

function makeServer(config: GatewayConfig, listener: Listener): AnyServer {
  const { headersMs, bodyMs } = config.limits;
  // They end with the last byte of the request: parked waits and streams are answers, and sockets left HTTP behind.
  const options = {
    headersTimeout: headersMs,
    requestTimeout: headersMs + bodyMs,
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  if (config.tls === undefined) return createHttpServer(options, listener);
  try {
    const cert = readFileSync(config.tls.certFile);
    const key = readFileSync(config.tls.keyFile);
    const secure = { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: headersMs } as const;
    return createHttpsServer({ ...options, ...secure }, listener);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new StartupError('invalid_configuration', `The TLS files cannot be used: ${said}`, {
      cause: error,
    });
  }
}

function requestListener(core: GatewayCore): Listener {
  const listener = getRequestListener(core.app.fetch, {
    overrideGlobalObjects: true,
    errorHandler: (error) =>
      errorResponse(
        core,
        error instanceof Error && error.name === 'RequestError'
          ? new GatewayError('invalid_request', 'The request line or its headers are wrong')
          : error,
      ),
  });
  return (request, response) => {
    const mounted = mountFor(core.identity.mounts, request.url ?? '/');
    if (mounted === undefined) {
      listener(request, response).catch((error: unknown) => {
        core.log.error({ err: error }, 'response failed');
        response.destroy();
      });
      return;
    }
    response.setHeader('X-HARP-Version', HARP_VERSION);
    mounted(request, response);
  };
}

function accepting(server: AnyServer, config: GatewayConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const said = 'code' in error && error.code === 'EADDRINUSE' ? 'is in use' : error.message;
      const where = `${config.host}:${config.port}`;
      const message = `Cannot listen on ${where} (${said}). Choose another port with --port.`;
      reject(new StartupError('address_in_use', message, { cause: error }));
    });
    server.listen({ host: config.host, port: config.port, backlog: BACKLOG }, () => {
      // A TCP server that listens has an address of this form.
      const { port } = server.address() as AddressInfo;
      resolve(port);
    });
  });
}

/** Closes what is idle again and again until everything is closed, and what is left after a few seconds by force. */
function stopped(server: AnyServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    // Connections that were waiting at the start of the shutdown become idle only when they got their answer.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_EVERY_MS);
    const force = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, DRAIN_MS);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(force);
      resolve();
    });
  });
}

/** Starts to accept connections. @throws StartupError `address_in_use`, `invalid_configuration` */
export async function listenOn(config: GatewayConfig, core: GatewayCore): Promise<Listening> {
  const server = makeServer(config, requestListener(core));
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', socketServer(core));
  const port = await accepting(server, config);
  return { port, stop: () => stopped(server, sockets) };
}
