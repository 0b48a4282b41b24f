import { LIMITS } from '@airlock/protocol';

const KEPT = 10_000;

/** Delays of refused waits: doubling while one client keeps failing on one exchange (EXCH-060). */
export interface ErrorDelays {
  /** How long to hold this refusal back, milliseconds; never longer than the timeout that was asked for. */
  readonly next: (key: string, timeoutMs: number) => number;
  /** The client got an answer that was no error. */
  readonly reset: (key: string) => void;
}

/** Makes an empty book; the oldest entries go first when it is full. */
export function errorDelays(): ErrorDelays {
  const failures = new Map<string, number>();
  return {
    next: (key, timeoutMs) => {
      const count = failures.get(key) ?? 0;
      failures.delete(key);
      if (failures.size >= KEPT) {
        const oldest = failures.keys().next();
        if (!oldest.done) failures.delete(oldest.value);
      }
      failures.set(key, count + 1);
      const delay = LIMITS.waitErrorDelayMinMs * 2 ** Math.min(count, 10);
      return Math.min(delay, LIMITS.waitErrorDelayMaxMs, timeoutMs);
    },
    reset: (key) => {
      failures.delete(key);
    },
  };
}
