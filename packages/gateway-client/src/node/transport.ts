import { performance } from 'node:perf_hooks';
import { rootCertificates } from 'node:tls';
import { LIMITS } from '@airlock/protocol';
import { Agent, type Dispatcher, request } from 'undici';
import { WebSocket } from 'ws';
import type { BodyReader, FetchPort, FetchResponse, GatewayTransport } from '../ports.js';
import { platformTimers } from '../web-transport.js';
import { markUnsent } from './connect-errors.js';

/** Options of {@link nodeTransport}. */
export interface NodeTransportOptions {
  /** PEM certificates that are trusted besides the system's, for a gateway with its own certificate. */
  readonly ca?: string | readonly string[];
  /** Connections per origin; every running wait takes one. Default 128. */
  readonly connections?: number;
}

/** A transport that holds connections. */
export interface NodeTransport extends GatewayTransport {
  /** Ends all connections. Running calls fail. */
  close(): Promise<void>;
}

/** Beyond the longest hold of a wait (60 s) and the margin a client adds; the client's own deadline comes first. */
const IDLE_MS = 120_000;
const CONNECT_MS = 10_000;

/**
 * Binds the client to Node with undici and ws: own connection pool, no proxy from the environment, no redirects, and
 * no way to skip the verification of certificates (GW-040).
 */
export function nodeTransport(options: NodeTransportOptions = {}): NodeTransport {
  // Named here because the environment could otherwise turn verification off (NODE_TLS_REJECT_UNAUTHORIZED).
  const tls = { rejectUnauthorized: true, ...(options.ca === undefined ? {} : { ca: trusted(options.ca) }) };
  const agent = new Agent({
    connections: options.connections ?? 128,
    connect: { ...tls, timeout: CONNECT_MS },
    headersTimeout: IDLE_MS,
    bodyTimeout: IDLE_MS,
    pipelining: 1,
  });
  return {
    fetch: fetchWith(agent),
    openSocket: (url, headers) =>
      new WebSocket(url, {
        ...tls,
        headers: { ...headers },
        maxPayload: LIMITS.frameBytes,
        handshakeTimeout: CONNECT_MS,
        followRedirects: false,
        perMessageDeflate: false,
      }),
    socketHeaders: true,
    ...platformTimers(globalThis),
    random: () => Math.random(),
    monotonic: () => performance.now(),
    close: () => agent.destroy(),
  };
}

/** `ca` replaces the built-in roots, so they are named too. */
function trusted(ca: string | readonly string[]): string[] {
  return [...rootCertificates, ca].flat();
}

function fetchWith(dispatcher: Agent): FetchPort {
  return async (url, init) => {
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher,
        method: init.method as Dispatcher.HttpMethod,
        headers: init.headers,
        signal: init.signal,
        ...(init.body === undefined ? {} : { body: init.body }),
      });
      return response(statusCode, headers, body);
    } catch (error) {
      throw markUnsent(error);
    }
  };
}

function response(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Dispatcher.ResponseData['body'],
): FetchResponse {
  return {
    status,
    headers: {
      get: (name) => {
        const value = headers[name.toLowerCase()];
        return value === undefined ? null : [value].flat().join(', ');
      },
    },
    body: { getReader: () => reader(body) },
  };
}

function reader(body: Dispatcher.ResponseData['body']): BodyReader {
  // A body that is destroyed early reports so; its reader has already said what was wrong.
  body.on('error', () => undefined);
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return {
    read: async () => {
      const next = await chunks.next();
      return next.done === true ? { done: true } : { done: false, value: next.value };
    },
    cancel: async () => {
      body.destroy();
    },
  };
}
