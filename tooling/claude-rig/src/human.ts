import type { OpenedRequest } from '@airlock/approver';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';

/** Often enough for a person, and far from what the gateway allows one (section 19). */
const LOOK_EVERY_MS = 300;

/** What the human says to one request; `wait` leaves it lying there. */
export type Word = 'approve' | 'wait' | { readonly reject: string };

/** Decides by what the approver shows. */
export type Answering = (opened: OpenedRequest) => Word | Promise<Word>;

/** A paired human who looks at the inbox all the time and says what the test told them to. */
export class Human {
  /** Every request that was ever shown, oldest first. */
  readonly seen: OpenedRequest[] = [];
  /** Says this to whatever comes; nothing is answered before it is set. */
  answering: Answering = () => 'wait';
  readonly #known = new Set<string>();
  readonly #answered = new Set<string>();
  #waiting: readonly string[] = [];
  #isLooking = true;
  #looking: Promise<void> | undefined;

  private constructor(readonly approver: InMemoryApprover) {}

  static create(gatewayUrl: string, pat: string): Human {
    return new Human(new InMemoryApprover(gatewayUrl, pat));
  }

  /** Registers, pairs and starts to look. */
  async pair(link: string): Promise<void> {
    await this.approver.pair(link);
    this.#looking ??= this.#look();
  }

  /** Ids of the requests that waited when the human last looked. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  async close(): Promise<void> {
    this.#isLooking = false;
    await this.#looking;
    await this.approver.close();
  }

  async #look(): Promise<void> {
    while (this.#isLooking) {
      const pending = await this.#pending();
      this.#waiting = pending.map(({ request }) => request.requestId);
      for (const opened of pending) await this.#answer(opened);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Nothing while the gateway is away: it comes back, or the test is about its absence. */
  async #pending(): Promise<readonly OpenedRequest[]> {
    try {
      return await this.approver.pending();
    } catch {
      return [];
    }
  }

  async #answer(opened: OpenedRequest): Promise<void> {
    const { requestId } = opened.request;
    if (!this.#known.has(requestId)) this.seen.push(opened);
    this.#known.add(requestId);
    if (this.#answered.has(requestId)) return;
    const word = await this.answering(opened);
    if (word === 'wait') return;
    this.#answered.add(requestId);
    try {
      if (word === 'approve') await this.approver.decide(opened, 'approve');
      else await this.approver.decide(opened, 'reject', { reason: word.reject });
    } catch {
      // Withdrawn in between, or the gateway is gone: then it is not asked again either.
      this.#answered.delete(requestId);
    }
  }
}

/** Whether what the human is shown holds this text, anywhere. */
export function mentions({ content }: OpenedRequest, text: string): boolean {
  return JSON.stringify(content).includes(JSON.stringify(text).slice(1, -1));
}
