/** How often and how patiently an idempotent call is repeated. Plain data. */
export interface RetryPolicy {
  /** Attempts in all; 1 means no repetition. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubles from there (ART-170: at least 1 s for submissions). */
  readonly baseDelayMs: number;
  /** Upper bound of one delay in milliseconds. */
  readonly maxDelayMs: number;
  /** Share of a delay that is random, 0 to 1. Jitter only ever lengthens the delay. */
  readonly jitter: number;
}

/** Three attempts, about 1 s and 2 s apart. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 3,
  baseDelayMs: 1_000,
  maxDelayMs: 15_000,
  jitter: 0.25,
};

/** One attempt: for callers that have their own back-off. */
export const NO_RETRY: RetryPolicy = { attempts: 1, baseDelayMs: 0, maxDelayMs: 0, jitter: 0 };

/** Where a series of attempts stands. */
export interface RetryState {
  /** Failures so far, at least 1. */
  readonly failures: number;
  /** What the gateway asked for in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds before the next attempt, or `undefined` when there is none.
 * A `Retry-After` longer than `maxDelayMs` ends the series: waiting less would only be refused again.
 */
export function retryDelay(policy: RetryPolicy, state: RetryState): number | undefined {
  if (state.failures >= policy.attempts) return undefined;
  const exponential = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (state.failures - 1));
  const delay = Math.round(exponential * (1 + policy.jitter * state.random));
  if (state.retryAfterMs === undefined) return delay;
  return state.retryAfterMs > policy.maxDelayMs ? undefined : Math.max(delay, state.retryAfterMs);
}
