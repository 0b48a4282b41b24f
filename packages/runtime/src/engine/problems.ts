import type { RuntimeError } from '../errors.js';

/** Everything local that is broken right now; while there is anything, every request is denied. */
export class Problems {
  readonly #found: RuntimeError<string>[] = [];
  readonly #onFirst: (code: string) => void;

  /** `onFirst` is told the code of the first problem: it becomes the engine's fault. */
  constructor(onFirst: (code: string) => void) {
    this.#onFirst = onFirst;
  }

  get all(): readonly RuntimeError<string>[] {
    return this.#found;
  }

  report(error: RuntimeError<string>): void {
    const known = this.#found.some((one) => one.code === error.code && one.file === error.file);
    if (known) return;
    this.#found.push(error);
    if (this.#found.length === 1) this.#onFirst(error.code);
  }

  /** The problem behind a refusal's code. */
  byCode(code: string): RuntimeError<string> | undefined {
    return this.#found.find((one) => one.code === code);
  }
}
