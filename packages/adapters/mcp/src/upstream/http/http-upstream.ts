import { setTimeout as pause } from 'node:timers/promises';
import type { McpServer } from '@airlock/protocol';
import { RuntimeError } from '@airlock/runtime/client';
import type { Message, Request } from '../../jsonrpc/message.js';
import type { LostCall, ServerEnd, Upstream } from '../upstream.js';
import { idKey } from './answer.js';
import { Call, type CallPorts } from './call.js';
import { Connection } from './connection.js';
import { faultOf, faultOfStatus, HttpFault } from './fault.js';
import { HttpSession } from './http-session.js';
import type { HttpLimits } from './limits.js';
import { Mailbox } from './mailbox.js';
import { isOldServer } from './old-server.js';
import { ParameterHeaders } from './parameter-headers.js';
import { ownVersion, repeatedHeaders } from './request-headers.js';
import { followServer } from './server-stream.js';

export interface HttpUpstreamOptions {
  readonly address: URL;
  /** Checked. */
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
  readonly report: (problem: string) => void;
}

/** A server that speaks Streamable HTTP. It never ends by itself: every request of it stands alone. */
export class HttpUpstream implements Upstream {
  readonly identity: McpServer;
  readonly messages: AsyncIterable<Uint8Array | LostCall>;
  readonly ended: Promise<ServerEnd>;
  readonly #mailbox = new Mailbox<Uint8Array | LostCall>();
  readonly #connection: Connection;
  readonly #parameters = new ParameterHeaders();
  readonly #session = new HttpSession();
  /** Those without an answer, by the ids of their requests. */
  readonly #open = new Map<string, Call>();
  /** Those whose stream stands. */
  readonly #running = new Set<Call>();
  readonly #closing = new AbortController();
  #markEnded: (end: ServerEnd) => void = () => undefined;
  #turn: Promise<void> = Promise.resolve();
  #isFollowing = false;

  constructor(private readonly options: HttpUpstreamOptions) {
    this.identity = { transport: 'http', url: options.address.href };
    this.messages = this.#mailbox;
    this.#connection = new Connection(options.address, options.limits);
    this.ended = new Promise((resolve) => {
      this.#markEnded = resolve;
    });
  }

  send(message: Message): Promise<void> {
    const turn = this.#turn.then(() => this.#next(message));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return this.ended.then(() => undefined);
    this.#closing.abort();
    await this.#lastAnswers();
    for (const call of this.#running) call.cancel('now');
    await this.#endSession();
    await this.#connection.close();
    this.#mailbox.close();
    this.#markEnded({ reason: 'closed', exitCode: null });
  }

  async #next(message: Message): Promise<void> {
    if (this.#closing.signal.aborted) throw new RuntimeError<'server_gone'>('server_gone', 'The connection is closed');
    if (message.kind === 'malformed') throw new TypeError('what cannot be read is not sent');
    const cancelled = this.#cancelledBy(message);
    if (cancelled !== undefined) {
      // Since 2026-07-28 the end of its stream is how a request is cancelled.
      if (cancelled.isModern) return cancelled.cancel('now');
      await Promise.race([cancelled.begun, pause(this.options.limits.overtakingMs, undefined, { ref: false })]);
    }
    const requests = requestsIn(message);
    if (requests.length === 0) await this.#tell(message);
    else await this.#ask(message, requests);
    cancelled?.cancel('later');
  }

  async #ask(message: Message, requests: readonly Request[]): Promise<void> {
    const { limits, report } = this.options;
    if (this.#open.size + requests.length > limits.openCalls) return this.#refuse(requests);
    const isHandshake = requests.some(({ method }) => method === 'initialize');
    if (isHandshake) this.#session.begin();
    else this.#session.note(requests);
    const call = new Call(
      {
        headers: this.#postHeaders(message),
        body: message.raw,
        ids: requests.map(({ id }) => id),
        isModern: requests.some(({ params }) => ownVersion(params) !== null),
        isTimed: requests.every(({ method }) => method !== 'subscriptions/listen'),
      },
      this.#callPorts(isHandshake, requests),
    );
    this.#keep(
      call,
      requests.map(({ id }) => idKey(id)),
    );
    call.run().catch((error: unknown) => report(`a request failed: ${String(error)}`));
    // What follows a handshake needs its session and version; what follows anything else must not overtake it.
    await (isHandshake ? call.answered : call.sent);
  }

  #keep(call: Call, keys: readonly string[]): void {
    for (const key of keys) this.#open.set(key, call);
    this.#running.add(call);
    const { report } = this.options;
    call.answered
      .then(() => {
        for (const key of keys) if (this.#open.get(key) === call) this.#open.delete(key);
      })
      .catch(report);
    call.ended.then(() => this.#running.delete(call)).catch(report);
  }

  async #refuse(requests: readonly Request[]): Promise<void> {
    const reason = `more than ${this.options.limits.openCalls} requests are under way`;
    for (const { id } of requests) {
      await this.#mailbox.put({ lost: id, code: 'too_many_calls', reason, wasSent: false });
    }
  }

  #callPorts(isHandshake: boolean, requests: readonly Request[]): CallPorts {
    const list = requests.find(({ method }) => method === 'tools/list');
    return {
      http: (call) => this.#connection.call(call),
      put: (item) => this.#mailbox.put(item),
      onHead: (answer) => {
        if (isHandshake) this.#session.takeId(answer);
      },
      onResponse: (response) => {
        if (isHandshake) this.#session.takeVersion(response['result']);
        if (list !== undefined) this.#parameters.learn(list, response);
      },
      explain: (status) => (isHandshake ? this.#explain(status) : Promise.resolve(undefined)),
      streamHeaders: () => ({ ...this.#headers(), accept: 'text/event-stream' }),
      hasSession: () => this.#session.hasId,
      limits: this.options.limits,
    };
  }

  /** Notifications, and answers to the server's own requests: the server confirms the receipt and says no more. */
  async #tell(message: Message): Promise<void> {
    const { limits, report } = this.options;
    try {
      const answer = await this.#connection.call({
        method: 'POST',
        headers: this.#postHeaders(message),
        body: message.raw,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limits.receiptMs)]),
        isTimed: true,
      });
      answer.drop();
      if (answer.status >= 300) throw faultOfStatus(answer.status, this.#session.hasId);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      report(`a message did not reach the server: ${faultOf(error, true).message}`);
      return;
    }
    if (message.kind === 'notification' && message.method === 'notifications/initialized') this.#follow();
  }

  /** The server's own requests and notifications, where it has a stream for them. */
  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const { limits, report } = this.options;
    void followServer({
      http: (call) => this.#connection.call(call),
      headers: () => this.#headers(),
      take: (message) => this.#mailbox.put(message),
      signal: this.#closing.signal,
      limits,
    })
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) report(`the server's stream ended: ${faultOf(error, true).message}`);
      })
      .finally(() => {
        this.#isFollowing = false;
      });
  }

  #cancelledBy(message: Message): Call | undefined {
    if (message.kind !== 'notification' || message.method !== 'notifications/cancelled') return undefined;
    const id = message.params?.['requestId'];
    return id === undefined ? undefined : this.#open.get(JSON.stringify(id));
  }

  /** Of every request. */
  #headers(): Readonly<Record<string, string>> {
    return { ...this.options.headers, ...this.#session.headers };
  }

  #postHeaders(message: Message): Readonly<Record<string, string>> {
    return {
      ...this.#headers(),
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...this.#parameters.of(message),
      ...repeatedHeaders(message),
    };
  }

  async #explain(status: number): Promise<HttpFault | undefined> {
    const isOld = await isOldServer(status, {
      http: (call) => this.#connection.call(call),
      headers: this.options.headers,
      signal: this.#closing.signal,
      limits: this.options.limits,
    });
    const reason =
      'the server speaks only the HTTP transport of 2024-11-05, which is not carried: use its newer address';
    return isOld ? new HttpFault('transport_too_old', reason, true) : undefined;
  }

  /** As a server on standard input and output, this one gets a little time for what it was asked already. */
  async #lastAnswers(): Promise<void> {
    const answered = Promise.all([...this.#running].map((call) => call.answered));
    await Promise.race([answered, pause(this.options.limits.closeMs, undefined, { ref: false })]);
  }

  async #endSession(): Promise<void> {
    if (!this.#session.hasId) return;
    try {
      const signal = AbortSignal.timeout(this.options.limits.closeMs);
      const answer = await this.#connection.call({
        method: 'DELETE',
        headers: this.#headers(),
        signal,
        isTimed: true,
      });
      answer.drop();
    } catch {
      // The server forgets the session by itself.
    }
  }
}

function requestsIn(message: Message): readonly Request[] {
  if (message.kind === 'request') return [message];
  return message.kind === 'batch' ? message.members.flatMap(requestsIn) : [];
}
