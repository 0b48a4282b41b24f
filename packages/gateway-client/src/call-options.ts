import type { AbortSignalLike } from './ports.js';
import type { RetryPolicy } from './retry.js';

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignalLike;
  /** Replaces the client's policy for this call. Calls that must not be sent twice are never repeated. */
  readonly retry?: RetryPolicy;
  /** Milliseconds for one attempt, body included. */
  readonly timeoutMs?: number;
}
