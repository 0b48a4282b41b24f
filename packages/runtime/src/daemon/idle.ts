import type { Ports } from '../ports/ports.js';

export interface IdleOptions {
  /** Milliseconds without anything under way; 0 is never. */
  readonly afterMs: number;
  readonly ports: Pick<Ports, 'timer'>;
  /** Whether something beside requests is under way, an open pairing for example. */
  readonly busy: () => boolean;
  readonly onIdle: () => void;
}

/** Ends the daemon when nobody has needed it for a while. */
export class IdleWatch {
  readonly #options: IdleOptions;
  #active = 0;
  #ended = false;
  #cancel: (() => void) | null = null;

  constructor(options: IdleOptions) {
    this.#options = options;
    this.#arm();
  }

  enter(): void {
    this.#active += 1;
    this.#disarm();
  }

  leave(): void {
    this.#active -= 1;
    if (this.#active === 0) this.#arm();
  }

  /** For good: what ends later starts no timer, which would keep the process alive. */
  stop(): void {
    this.#ended = true;
    this.#disarm();
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #arm(): void {
    const { afterMs, ports, busy, onIdle } = this.#options;
    if (afterMs === 0 || this.#ended) return;
    this.#cancel = ports.timer(afterMs, () => {
      this.#cancel = null;
      if (busy()) this.#arm();
      else onIdle();
    });
  }
}
