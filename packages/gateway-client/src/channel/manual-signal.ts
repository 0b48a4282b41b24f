import type { AbortSignalLike } from '../ports.js';

/** An abort signal that its owner fires; needs nothing of the platform. */
export class ManualSignal implements AbortSignalLike {
  private readonly listeners = new Set<() => void>();
  private fired = false;

  get aborted(): boolean {
    return this.fired;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    if (this.fired) return;
    this.fired = true;
    for (const listener of this.listeners) listener();
  }
}
