import type { Ports } from '../ports/ports.js';
import type { Dispatch } from './engine-host.js';

/** The engine's named timers. */
export class EngineTimers {
  readonly #ports: Pick<Ports, 'timer'>;
  readonly #dispatch: Dispatch;
  readonly #cancels = new Map<string, () => void>();

  constructor(ports: Pick<Ports, 'timer'>, dispatch: Dispatch) {
    this.#ports = ports;
    this.#dispatch = dispatch;
  }

  set(timerId: string, afterMs: number): void {
    this.clear(timerId);
    const cancel = this.#ports.timer(afterMs, () => {
      this.#cancels.delete(timerId);
      this.#dispatch({ type: 'timer.fired', timerId });
    });
    this.#cancels.set(timerId, cancel);
  }

  clear(timerId: string): void {
    this.#cancels.get(timerId)?.();
    this.#cancels.delete(timerId);
  }

  clearAll(): void {
    for (const timerId of [...this.#cancels.keys()]) this.clear(timerId);
  }
}
