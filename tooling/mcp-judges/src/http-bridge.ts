import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { ServerCommand } from './server-command.js';

export interface BridgeOptions {
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/**
 * Offers a server on standard input and output over HTTP, one process for each session: the judges on HTTP reach servers
 * behind the proxy so. What the server says by itself goes to the stream of the newest open call, else to the session's own.
 */
export class HttpBridge {
  readonly #sessions = new Map<string, Session>();
  readonly #opening = new Set<Session>();
  readonly #listener = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  private constructor(
    private readonly command: ServerCommand,
    private readonly options: BridgeOptions,
  ) {}

  static async open(command: ServerCommand, options: BridgeOptions): Promise<HttpBridge> {
    const bridge = new HttpBridge(command, options);
    await new Promise<void>((resolve) => bridge.#listener.listen(0, '127.0.0.1', resolve));
    return bridge;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}/mcp`;
  }

  async close(): Promise<void> {
    this.#listener.closeAllConnections();
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    await Promise.all([...this.#sessions.values(), ...this.#opening].map((session) => session.close()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLocal(request)) return void response.writeHead(403).end();
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.#sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) return void response.writeHead(404).end();
    await (known ?? (await this.#begin())).transport.handleRequest(request, response);
  }

  async #begin(): Promise<Session> {
    const session = new Session(this.command, this.options, (id) => {
      this.#opening.delete(session);
      this.#sessions.set(id, session);
    });
    this.#opening.add(session);
    await session.transport.start();
    return session;
  }
}

/** As the specification wants it of a server on loopback (DNS rebinding). */
function isLocal({ headers: { host, origin } }: IncomingMessage): boolean {
  const local = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;
  return local.test(host ?? '') && (origin === undefined || local.test(origin));
}

class Session {
  readonly transport: StreamableHTTPServerTransport;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #open = new Set<string | number>();

  constructor({ command, args }: ServerCommand, { env, cwd }: BridgeOptions, onOpened: (id: string) => void) {
    this.#process = spawn(command, args, { env, cwd, stdio: 'pipe' });
    this.#process.stdin.on('error', () => undefined);
    this.#process.stderr.resume();
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#fromServer(line));
    this.transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: onOpened,
      onsessionclosed: () => {
        this.#process.stdin.end();
      },
    });
    this.transport.onmessage = (message) => {
      if ('method' in message && 'id' in message) this.#open.add(message.id);
      this.#process.stdin.write(`${JSON.stringify(message)}\n`);
    };
  }

  async close(): Promise<void> {
    await this.transport.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#process.once('close', () => resolve()));
    this.#process.stdin.end();
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(impatience);
  }

  #fromServer(line: string): void {
    const message = JSON.parse(line) as JSONRPCMessage;
    const isResponse = !('method' in message);
    const newest = [...this.#open].at(-1);
    const related = isResponse || newest === undefined ? {} : { relatedRequestId: newest };
    if (isResponse && message.id !== undefined) this.#open.delete(message.id);
    // A stream whose reader has gone takes nothing more.
    this.transport.send(message, related).catch(() => undefined);
  }
}
