import { onTestFinished } from 'vitest';
import { type ProxyOptions, runProxy, type ServerEnd, type Upstream } from '../../src/index.js';
import { linesOf } from '../../src/jsonrpc/lines.js';
import type { Message } from '../../src/jsonrpc/message.js';
import type { LostCall } from '../../src/upstream/upstream.js';
import { SERVER } from './messages.js';
import { type ScriptedDaemon, scriptedDaemon } from './scripted-daemon.js';

/** Values that somebody else waits for, one after the other. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #waiting: ((result: IteratorResult<T>) => void)[] = [];
  readonly #values: T[] = [];
  #isClosed = false;

  put(value: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#values.push(value);
    else next({ done: false, value });
  }

  close(): void {
    this.#isClosed = true;
    for (const next of this.#waiting.splice(0)) next({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: async () => {
        const value = this.#values.shift();
        if (value !== undefined) return { done: false, value };
        if (this.#isClosed) return { done: true, value: undefined };
        return await new Promise((resolve) => this.#waiting.push(resolve));
      },
    };
  }
}

/** Timers that go off when a test says so. */
export class ManualClock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  readonly mono = (): number => this.#now;
  readonly timer = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get size(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.call();
    }
    this.#now = end;
  }
}

/** The proxy between a client and a server that a test plays, both in memory. */
export interface Scene {
  readonly daemon: ScriptedDaemon;
  readonly clock: ManualClock;
  readonly said: string[];
  /** Messages that reached the server, as text. */
  readonly server: string[];
  /** Messages that reached the client, as text. */
  readonly client: string[];
  /** The client writes these lines. */
  send(...texts: readonly string[]): void;
  sendBytes(bytes: Uint8Array): void;
  /** The server writes a message. */
  reply(text: string | LostCall): void;
  /** The server ends. */
  serverEnds(reason?: string): void;
  /** The client ends. Resolves with the exit code of the proxy. */
  leave(): Promise<number>;
  interrupt(): void;
  readonly exit: Promise<number>;
  /** Resolves when everything that can happen without anybody's doing has happened. */
  settle(): Promise<void>;
  /** Messages to the client, read. */
  answers(): any[];
}

export interface SceneOptions extends Partial<ProxyOptions> {
  readonly daemon?: ScriptedDaemon;
  readonly connect?: () => Promise<ScriptedDaemon>;
  /** What `send` of the server does before it has the message. */
  readonly onSend?: (message: Message) => Promise<void>;
  readonly toClient?: (text: string) => Promise<void>;
  /** What the server says, instead of what the test replies. */
  readonly messages?: AsyncIterable<Uint8Array>;
  /** What the server does when it is told to end. */
  readonly onClose?: () => void;
}

export function scene(options: SceneOptions = {}): Scene {
  const { daemon = scriptedDaemon(), connect, onSend, toClient, onClose, messages, ...given } = options;
  const clock = new ManualClock();
  const [said, server, client]: [string[], string[], string[]] = [[], [], []];
  const fromClient = new Mailbox<Uint8Array>();
  const fromServer = new Mailbox<Uint8Array | LostCall>();
  const controller = new AbortController();
  let end: (end: ServerEnd) => void = () => undefined;
  const ended = new Promise<ServerEnd>((resolve) => {
    end = resolve;
  });
  const serverEnds = (reason = 'it ended with code 3') => {
    fromServer.close();
    end({ reason, exitCode: 3 });
  };
  const upstream: Upstream = {
    identity: SERVER,
    send: async (message) => {
      await onSend?.(message);
      server.push(Buffer.from(message.raw).toString('utf8'));
    },
    messages: messages ?? fromServer,
    ended,
    close: async () => {
      onClose?.();
      serverEnds('closed');
    },
  };
  const exit = runProxy(
    { name: 'files', sessionId: 's', timeoutSeconds: 300, pendingAfterSeconds: null, ...given },
    {
      ...{ upstream, fromClient, folder: '/w', signal: controller.signal, mono: clock.mono, timer: clock.timer },
      connect: connect ?? (async () => daemon),
      toClient: async (message) => {
        const text = Buffer.from(message).toString('utf8');
        await toClient?.(text);
        client.push(text);
      },
      say: (line) => void said.push(line),
    },
  );
  const its: Scene = {
    ...{ daemon, clock, said, server, client, exit, serverEnds },
    send: (...texts) => texts.forEach((text) => fromClient.put(Buffer.from(`${text}\n`, 'utf8'))),
    sendBytes: (bytes) => fromClient.put(bytes),
    reply: (text) => fromServer.put(typeof text === 'string' ? Buffer.from(text, 'utf8') : text),
    leave: async () => {
      fromClient.close();
      return await exit;
    },
    interrupt: () => controller.abort('SIGTERM'),
    settle: async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    answers: () => client.map((text) => JSON.parse(text)),
  };
  onTestFinished(async () => void (await its.leave()));
  return its;
}

/** Everything on a stream, as lines. */
export async function linesFrom(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(chunks, 1 << 30))
    if (line instanceof Uint8Array) lines.push(Buffer.from(line).toString());
  return lines;
}
