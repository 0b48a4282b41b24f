import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectHttpServer, type HttpServer } from '../../src/upstream/http.js';
import { HTTP_LIMITS } from '../../src/upstream/http/limits.js';
import { readMessage } from '../../src/jsonrpc/message.js';
import type { LostCall, Upstream } from '../../src/upstream/upstream.js';

/** One HTTP request as a server got it. */
export interface Seen {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; everything about it is up to the test. */
export type Answering = (seen: Seen, response: ServerResponse) => unknown;

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** A server on loopback that does exactly what the test says. */
export async function scriptedServer(answering: Answering, server: Server = createServer()): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(one);
      answering(one, response);
    });
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}/mcp`, seen, close: () => closed(server) };
}

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Limits short enough for a test. */
export const QUICK = {
  ...HTTP_LIMITS,
  connectMs: 2000,
  silenceMs: 2000,
  receiptMs: 2000,
  overtakingMs: 500,
  closeMs: 1000,
  lingerMs: 300,
  retryMinMs: 5,
  retryMaxMs: 50,
};

/** An upstream together with everything that came out of it. */
export class Listening {
  readonly upstream: Upstream;
  readonly got: Array<string | LostCall> = [];
  readonly reports: string[] = [];
  #wake: () => void = () => undefined;
  readonly #reading: Promise<void>;

  constructor(server: Partial<HttpServer> & { readonly url: string }) {
    this.upstream = connectHttpServer({
      headers: {},
      limits: QUICK,
      report: (problem) => this.reports.push(problem),
      ...server,
    });
    this.#reading = this.#read();
  }

  send(text: string): Promise<void> {
    return this.upstream.send(readMessage(Buffer.from(text)));
  }

  /** Waits until this many items came. */
  async came(count: number): Promise<readonly (string | LostCall)[]> {
    const end = performance.now() + 10_000;
    while (this.got.length < count) {
      if (performance.now() > end) throw new Error(`only ${JSON.stringify(this.got)}; ${this.reports.join(' | ')}`);
      await Promise.race([new Promise<void>((wake) => (this.#wake = wake)), new Promise((go) => setTimeout(go, 200))]);
    }
    return this.got;
  }

  async close(): Promise<void> {
    await this.upstream.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const item of this.upstream.messages) {
      this.got.push(item instanceof Uint8Array ? Buffer.from(item).toString('utf8') : item);
      this.#wake();
    }
  }
}
