/** Counts guesses per key within a sliding window; guesses beyond the limit are not even looked at. */
export interface AttemptLimiter {
  /**
   * Counts a guess as wrong before it is looked at, so that guesses made at the same time count too.
   * @returns 0, or the milliseconds to wait when this guess must not be looked at
   */
  readonly attempt: (key: string, now: number) => number;
  /** Takes one guess back because it was right. */
  readonly forgive: (key: string) => void;
  readonly sweep: (now: number) => void;
}

/** At most `limit` wrong guesses per key within `windowMs`. */
export function createAttemptLimiter(limit: number, windowMs: number): AttemptLimiter {
  const attempts = new Map<string, readonly number[]>();
  const recent = (key: string, now: number): readonly number[] =>
    (attempts.get(key) ?? []).filter((at) => now - at < windowMs);
  return {
    attempt: (key, now) => {
      const times = recent(key, now);
      const [oldest] = times;
      if (oldest !== undefined && times.length >= limit) return oldest + windowMs - now;
      attempts.set(key, [...times, now]);
      return 0;
    },
    forgive: (key) => {
      attempts.set(key, (attempts.get(key) ?? []).slice(0, -1));
    },
    sweep: (now) => {
      for (const key of attempts.keys()) if (recent(key, now).length === 0) attempts.delete(key);
    },
  };
}
