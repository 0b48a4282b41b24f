import type { IdText, Request } from '../jsonrpc/message.js';
import { gateOfAnswer } from './gates.js';

/** Questions that a client leaves unanswered are forgotten from the oldest on beyond this: their answers are not forwarded. */
const MOST = 1024;

/** Requests of the server that wait for the client's answer. */
export class ServerQuestions {
  readonly #open = new Map<IdText, Request>();

  /** Of two questions under one id the gated one counts, whichever the client answers. */
  add(question: Request): void {
    const before = this.#open.get(question.id);
    if (before !== undefined && gateOfAnswer(before.method) !== null) return;
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MOST && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(question.id, question);
  }

  /** The question behind an answer, once; null where there is none. */
  take(id: IdText): Request | null {
    const question = this.#open.get(id) ?? null;
    this.#open.delete(id);
    return question;
  }

  get(id: IdText): Request | null {
    return this.#open.get(id) ?? null;
  }
}
