import type { JsonObject } from '@airlock/protocol';
import type { IdText } from '../../jsonrpc/message.js';
import type { LostCall } from '../upstream.js';
import { idKey, oneLine, responsesIn, wholeBody } from './answer.js';
import type { HttpAnswer, HttpCall } from './connection.js';
import { faultOf, faultOfStatus, HttpFault } from './fault.js';
import type { HttpLimits } from './limits.js';
import { isEventStream, ResumedStream } from './resumed-stream.js';

export interface CallPorts {
  /** One HTTP request to the server. Throws HttpFault. */
  readonly http: (call: HttpCall) => Promise<HttpAnswer>;
  /** Hands a message of the server, or a lost call, to the client; resolves when there is room for more. */
  readonly put: (item: Uint8Array | LostCall) => Promise<void>;
  /** The answer has begun. */
  readonly onHead: (answer: HttpAnswer) => void;
  /** A response to a request of this call passes by. */
  readonly onResponse: (response: JsonObject) => void;
  /** Why a status that is no success is none, where more can be told than the status says. */
  readonly explain: (status: number) => Promise<HttpFault | undefined>;
  /** Headers of a GET that goes on with a stream. */
  readonly streamHeaders: () => Readonly<Record<string, string>>;
  readonly hasSession: () => boolean;
  readonly limits: HttpLimits;
}

export interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Of its requests; more than one only in a batch. */
  readonly ids: readonly IdText[];
  /** Of 2026-07-28 or later: it names its version itself. */
  readonly isModern: boolean;
  /** False for a subscription, which may be silent for as long as it likes. */
  readonly isTimed: boolean;
}

/** One POST with requests, until each of them is answered or lost. */
export class Call {
  readonly #waiting: Map<string, IdText>;
  readonly #ending = new AbortController();
  #linger: NodeJS.Timeout | undefined;
  #isCancelled = false;
  #markSent: () => void = () => undefined;
  #markBegun: () => void = () => undefined;
  #markEnded: () => void = () => undefined;
  #markAnswered: () => void = () => undefined;
  /** It has left, or failed. */
  readonly sent = new Promise<void>((resolve) => {
    this.#markSent = resolve;
  });
  /** The server has begun to answer, so it has the request; or it failed. */
  readonly begun = new Promise<void>((resolve) => {
    this.#markBegun = resolve;
  });
  /** Every request of it is answered, or it failed. */
  readonly answered = new Promise<void>((resolve) => {
    this.#markAnswered = resolve;
  });

  /** Nothing of it is left. */
  readonly ended = new Promise<void>((resolve) => {
    this.#markEnded = resolve;
  });

  constructor(
    private readonly posted: Posted,
    private readonly ports: CallPorts,
  ) {
    this.#waiting = new Map(posted.ids.map((id) => [idKey(id), id]));
  }

  /** Resolves when nothing of it is left to do. */
  async run(): Promise<void> {
    const { http, onHead } = this.ports;
    const { headers, body, isTimed } = this.posted;
    const { signal } = this.#ending;
    try {
      const answer = await http({ method: 'POST', headers, body, signal, onSent: this.#markSent, isTimed });
      onHead(answer);
      this.#markBegun();
      await this.#read(answer);
      if (this.#waiting.size > 0) throw new HttpFault('answer_invalid', 'the server did not answer the request', true);
    } catch (error) {
      await this.#lose(faultOf(error, true));
    } finally {
      clearTimeout(this.#linger);
      this.#markSent();
      this.#markBegun();
      this.#markAnswered();
      this.#markEnded();
    }
  }

  get isModern(): boolean {
    return this.posted.isModern;
  }

  /** The client no longer wants it: nothing is lost any more, and the stream ends, at once or after a while. */
  cancel(when: 'now' | 'later'): void {
    this.#isCancelled = true;
    if (when === 'now') this.#ending.abort();
    else this.#endLater();
  }

  async #read(answer: HttpAnswer): Promise<void> {
    const isFine = answer.status >= 200 && answer.status < 300;
    if (isEventStream(answer)) return this.#follow(answer);
    if (answer.mediaType === 'application/json') {
      const message = oneLine(await wholeBody(answer.body, this.ports.limits.messageBytes));
      const isAnswer = [...responsesIn(message).keys()].some((key) => this.#waiting.has(key));
      if (isAnswer) return this.#take(message);
    }
    answer.drop();
    if (!isFine)
      throw (await this.ports.explain(answer.status)) ?? faultOfStatus(answer.status, this.ports.hasSession());
  }

  async #follow(first: HttpAnswer): Promise<void> {
    const { http, limits, streamHeaders } = this.ports;
    const { signal } = this.#ending;
    const stream = new ResumedStream({
      limits,
      signal,
      take: (message) => this.#take(message),
      open: async (lastEventId) => {
        const id = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
        const answer = await http({ method: 'GET', headers: { ...streamHeaders(), ...id }, signal, isTimed: true });
        if (isEventStream(answer)) return answer;
        answer.drop();
        throw new HttpFault('stream_ended', `the server did not go on with its answer (${answer.status})`, true);
      },
    });
    let answer: HttpAnswer | undefined = first;
    for (;;) {
      if (answer !== undefined) await stream.read(answer);
      if (this.#waiting.size === 0) return;
      if (!stream.isResumable || stream.failures > limits.retries) {
        throw stream.broken ?? new HttpFault('stream_ended', 'the server ended the stream without an answer', true);
      }
      answer = await stream.reopen();
    }
  }

  async #take(message: Uint8Array): Promise<void> {
    for (const [key, response] of responsesIn(message)) {
      if (this.#waiting.delete(key)) this.ports.onResponse(response);
    }
    if (this.#waiting.size === 0) {
      this.#markAnswered();
      this.#endLater();
    }
    await this.ports.put(message);
  }

  /** A server may keep the stream of an answered request open; not for ever. */
  #endLater(): void {
    this.#linger ??= setTimeout(() => this.#ending.abort(), this.ports.limits.lingerMs).unref();
  }

  async #lose({ code, message: reason, wasSent }: HttpFault): Promise<void> {
    const lost = this.#isCancelled ? [] : [...this.#waiting.values()];
    this.#waiting.clear();
    for (const id of lost) await this.ports.put({ lost: id, code, reason, wasSent });
  }
}
