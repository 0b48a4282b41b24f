import { setImmediate as nextTurn } from 'node:timers/promises';
import { RuntimeError } from '../errors.js';

/** Runs the writes of one file after each other and remembers whether the newest one failed. */
export class WriteQueue {
  readonly #file: string;
  #last: Promise<void> = Promise.resolve();
  #failure: RuntimeError<string> | null = null;

  /** `file` is what a failure without a name of its own is about. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Why the newest write failed; null when it did not. */
  get failure(): RuntimeError<string> | null {
    return this.#failure;
  }

  /** Rejects with `state_unavailable`, or with the coded failure of `work`. */
  async run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work).then(
      () => {
        this.#failure = null;
      },
      (cause: unknown) => {
        this.#failure = this.#unwritable(cause);
        throw this.#failure;
      },
    );
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Settles when everything asked for so far, and what was asked for again after a failure, is written or has failed. */
  async settled(): Promise<void> {
    for (let seen: Promise<void> | null = null; seen !== this.#last; ) {
      seen = this.#last;
      await seen;
      // Whoever heard of a failure asks again before this turn of the loop is over.
      await nextTurn();
    }
  }

  #unwritable(cause: unknown): RuntimeError<string> {
    if (cause instanceof RuntimeError) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new RuntimeError('state_unavailable', `${this.#file} cannot be written: ${why}`, {
      file: this.#file,
      fix: 'airlock doctor',
      cause,
    });
  }
}
