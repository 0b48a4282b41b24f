/** Counts wrong guesses per key within a sliding window; guesses beyond the limit are not even looked at. */
export interface AttemptLimiter {
  /** Milliseconds until another guess is looked at; 0 when it may be made now. */
  retryAfterMs(key: string, now: number): number;
  fail(key: string, now: number): void;
  sweep(now: number): void;
}

/** At most `limit` failures per key within `windowMs`. */
export function createAttemptLimiter(limit: number, windowMs: number): AttemptLimiter {
  const failures = new Map<string, readonly number[]>();
  const recent = (key: string, now: number): readonly number[] =>
    (failures.get(key) ?? []).filter((at) => now - at < windowMs);
  return {
    retryAfterMs(key, now) {
      const times = recent(key, now);
      const oldest = times[times.length - limit];
      return oldest === undefined ? 0 : oldest + windowMs - now;
    },
    fail(key, now) {
      failures.set(key, [...recent(key, now), now].slice(-limit));
    },
    sweep(now) {
      for (const key of failures.keys()) if (recent(key, now).length === 0) failures.delete(key);
    },
  };
}
