import { setTimeout as pause } from 'node:timers/promises';
import type { HttpAnswer } from './connection.js';
import { EventSplitter, type StreamEvent } from './event-splitter.js';
import { faultOf, type HttpFault } from './fault.js';
import type { HttpLimits } from './limits.js';

const EVENT_STREAM = 'text/event-stream';

export function isEventStream({ status, mediaType }: HttpAnswer): boolean {
  return status >= 200 && status < 300 && mediaType === EVENT_STREAM;
}

export interface StreamPorts {
  /** Opens the stream with a GET, after the event of this id where there was one. Throws HttpFault. */
  readonly open: (lastEventId: string | undefined) => Promise<HttpAnswer>;
  /** Takes one message; resolves when the next may come. */
  readonly take: (message: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/** A stream of messages that may break and is opened again where it broke. */
export class ResumedStream {
  #lastEventId: string | undefined;
  #retryMs: number | undefined;
  #failures = 0;
  /** How the last connection broke; undefined when the server ended it. */
  broken: HttpFault | undefined;

  constructor(private readonly ports: StreamPorts) {}

  /** Whether the server knows where to go on. */
  get isResumable(): boolean {
    return this.#lastEventId !== undefined;
  }

  /** How often in a row it was opened without anything new on it. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Reads one connection to its end.
   * @throws HttpFault `answer_too_large`
   */
  async read(answer: HttpAnswer): Promise<void> {
    const splitter = new EventSplitter(this.ports.limits.messageBytes);
    this.broken = undefined;
    this.#failures += 1;
    try {
      for await (const chunk of answer.body) {
        for (const event of splitter.push(chunk)) await this.#take(event);
      }
    } catch (error) {
      const fault = faultOf(error, true);
      if (fault.code === 'answer_too_large') throw fault;
      this.broken = fault;
    } finally {
      answer.drop();
    }
  }

  /** Opens it again after a pause; undefined when that failed and may be tried again. Throws HttpFault. */
  async reopen(): Promise<HttpAnswer | undefined> {
    const { limits, signal, open } = this.ports;
    const wanted = this.#retryMs ?? 10 * limits.retryMinMs * 2 ** Math.min(this.#failures, 16);
    await pause(Math.min(Math.max(wanted, limits.retryMinMs), limits.retryMaxMs), undefined, { signal, ref: false });
    try {
      return await open(this.#lastEventId);
    } catch (error) {
      const fault = faultOf(error, true);
      if (fault.code !== 'server_unreachable' && fault.code !== 'connection_lost') throw fault;
      this.broken = fault;
      this.#failures += 1;
      return undefined;
    }
  }

  async #take({ type, data, id, retryMs }: StreamEvent): Promise<void> {
    if (id !== undefined) this.#lastEventId = id === '' ? undefined : id;
    if (retryMs !== undefined) this.#retryMs = retryMs;
    if (data.length === 0 || type !== 'message') return;
    this.#failures = 0;
    await this.ports.take(data);
  }
}
