import type { CallPorts } from './call-ports.js';

/** Who waits for the verdict of one call: layers on the line, and layers that were told to ask again. */
export class Audience {
  readonly #ports: CallPorts['ports'];
  readonly #onGone: () => void;
  readonly #returning = new Map<string, () => void>();
  #present = 0;

  /** `onGone` is called whenever the last one has left and nobody is to return. */
  constructor(ports: CallPorts['ports'], onGone: () => void) {
    this.#ports = ports;
    this.#onGone = onGone;
  }

  get isEmpty(): boolean {
    return this.#present === 0 && this.#returning.size === 0;
  }

  enter(layer: string): void {
    this.#present += 1;
    this.#forget(layer);
  }

  /** `returnsWithinMs` of a layer that was told to ask again; null of one that has its answer. */
  leave(layer: string, returnsWithinMs: number | null): void {
    this.#present -= 1;
    if (returnsWithinMs !== null) {
      this.#forget(layer);
      const cancel = this.#ports.timer(returnsWithinMs, () => {
        this.#returning.delete(layer);
        this.#noticeEmpty();
      });
      this.#returning.set(layer, cancel);
    }
    this.#noticeEmpty();
  }

  /** Waits for nobody's return any more. */
  stop(): void {
    for (const layer of [...this.#returning.keys()]) this.#forget(layer);
  }

  #forget(layer: string): void {
    this.#returning.get(layer)?.();
    this.#returning.delete(layer);
  }

  #noticeEmpty(): void {
    if (this.isEmpty) this.#onGone();
  }
}
