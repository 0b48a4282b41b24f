import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { ServePorts } from '../../src/serve/ports.js';
import { serveMcp } from '../../src/serve/serve.js';
import { type AskingDaemon, askingDaemon } from './asking-daemon.js';

export const FOLDER = '/srv/widgets';

/** A clock that a test moves. */
export class Timers {
  #now = 0;
  readonly #due = new Map<object, { readonly at: number; readonly call: () => void }>();

  readonly timer: ServePorts['timer'] = (ms, call) => {
    const key = {};
    if (ms === 0) {
      const soon = setImmediate(call);
      return () => clearImmediate(soon);
    }
    this.#due.set(key, { at: this.#now + ms, call });
    return () => void this.#due.delete(key);
  };

  get waiting(): number {
    return this.#due.size;
  }

  /** Lets time pass, step by step, with everything that follows from each. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#due].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined) break;
      this.#due.delete(next[0]);
      this.#now = next[1].at;
      next[1].call();
      await turn();
    }
    this.#now = end;
    await turn();
  }
}

/** Lets everything run that waits for nothing outside. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Answer = Record<string, any>;

/** The server in this process, and what a client of it sees: bytes. */
export interface Served {
  readonly daemon: AskingDaemon;
  readonly timers: Timers;
  /** Every message of the server, in order. */
  readonly messages: Answer[];
  readonly said: string[];
  /** Sends a line as it is. */
  write(line: string): void;
  bytes(bytes: Uint8Array): void;
  notify(method: string, params?: object): void;
  /** Sends a request without waiting; gives its id. */
  ask(method: string, params?: object): number;
  /** The response to a request. */
  response(id: number | string | null): Promise<Answer>;
  /** Sends a request and waits for its response. */
  request(method: string, params?: object): Promise<Answer>;
  /** Calls a tool without waiting; gives the id of the request. */
  start(name: string, input: unknown, meta?: object): number;
  /** Result of a tool call. */
  tool(name: string, input: unknown): Promise<Answer>;
  /** The client leaves. */
  leave(): void;
  /** A signal to the process. */
  interrupt(): void;
  readonly ended: Promise<number>;
}

export interface ServedOptions {
  /** Null: no handshake. */
  readonly version?: string | null;
  readonly connect?: ServePorts['connect'];
}

/** Starts the server and, unless the version is null, shakes hands as a client of that version does. */
export async function served({ version = '2025-06-18', connect }: ServedOptions = {}): Promise<Served> {
  const daemon = askingDaemon(FOLDER);
  const timers = new Timers();
  const input = new PassThrough();
  const signal = new AbortController();
  const messages: Answer[] = [];
  const said: string[] = [];
  const waiting = new Map<string, (answer: Answer) => void>();
  let ids = 0;
  let uuids = 0;

  const toClient = async (bytes: Uint8Array) => {
    const message = JSON.parse(Buffer.from(bytes).toString('utf8')) as Answer;
    messages.push(message);
    if (!('method' in message)) waiting.get(JSON.stringify(message['id']))?.(message);
  };
  const ended = serveMcp(
    { version: '1.2.3', sessionId: 'session-1' },
    {
      ...{ folder: FOLDER, fromClient: input, toClient, timer: timers.timer, signal: signal.signal },
      connect: connect ?? (async () => daemon),
      say: (line) => said.push(line),
      asTyped: (advice) => advice.replace(/^airlock/, 'node main.js'),
      uuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`,
    },
  );
  onTestFinished(async () => {
    input.end();
    await ended;
  });

  const its: Served = {
    ...{ daemon, timers, messages, said, ended },
    write: (line) => void input.write(`${line}\n`),
    bytes: (bytes) => void input.write(bytes),
    notify: (method, params) => its.write(JSON.stringify({ jsonrpc: '2.0', method, params })),
    ask(method, params) {
      ids += 1;
      its.write(JSON.stringify({ jsonrpc: '2.0', id: ids, method, params }));
      return ids;
    },
    response(id) {
      const found = messages.find((message) => !('method' in message) && message['id'] === id);
      return found !== undefined
        ? Promise.resolve(found)
        : new Promise((resolve) => waiting.set(JSON.stringify(id), resolve));
    },
    request: (method, params) => its.response(its.ask(method, params)),
    start: (name, input_, meta) => its.ask('tools/call', { name, arguments: input_, ...(meta && { _meta: meta }) }),
    tool: async (name, input_) => (await its.response(its.start(name, input_)))['result'] as Answer,
    leave: () => void input.end(),
    interrupt: () => signal.abort(),
  };
  if (version === null) return its;
  const client = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  await its.request('initialize', client);
  its.notify('notifications/initialized');
  await turn();
  return its;
}

/** Text of a result that has one block. */
export function textOf(result: Answer): string {
  const { content } = result as { content: { type: string; text: string }[] };
  if (content.length !== 1) throw new Error(`${content.length} blocks`);
  return content[0]?.text ?? '';
}
