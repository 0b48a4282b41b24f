import type { Logger } from 'pino';
import { GatewayError } from '../errors.js';
import type { StoreEngine } from './engine.js';
import type { Call, FailedOutcome, Outcome } from './executor.js';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: GatewayError) => void;
}

/** Book of the calls that were sent and not answered. */
export interface PendingCalls {
  readonly run: StoreEngine['run'];
  readonly settle: (outcomes: readonly Outcome[]) => void;
  /** Rejects everything that waits, and everything that comes, with `unavailable`. */
  readonly fail: (cause: unknown) => void;
  /** Resolves when nothing waits any more. */
  readonly idle: () => Promise<void>;
}

/** Numbers calls, hands them to `send`, and settles their promises by number. */
export function pendingCalls(send: (call: Call) => void, log: Logger | undefined): PendingCalls {
  const waiting = new Map<number, Waiting>();
  let failed: { readonly cause: unknown } | undefined;
  let next = 0;
  let onIdle: (() => void) | undefined;

  const settleOne = (outcome: Outcome): void => {
    const call = waiting.get(outcome.id);
    if (call === undefined) return;
    waiting.delete(outcome.id);
    // The value is that of the command whose name `run` was given.
    if (outcome.ok) call.resolve(outcome.value as never);
    else call.reject(failureOf(outcome, log));
  };

  return {
    run: (name, args) => {
      if (failed !== undefined) return Promise.reject(closedError(failed.cause));
      return new Promise((resolve, reject) => {
        next += 1;
        waiting.set(next, { resolve, reject });
        send({ id: next, name, args });
      });
    },
    settle: (outcomes) => {
      for (const outcome of outcomes) settleOne(outcome);
      if (waiting.size === 0) onIdle?.();
    },
    fail: (cause) => {
      failed = { cause };
      for (const call of waiting.values()) call.reject(closedError(cause));
      waiting.clear();
      onIdle?.();
    },
    idle: () =>
      waiting.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onIdle = resolve;
          }),
  };
}

/** The rejection that a failed outcome becomes; what its caller must not see goes to the log. */
export function failureOf(outcome: FailedOutcome, log: Logger | undefined): GatewayError {
  if (outcome.cause !== undefined) log?.error({ cause: outcome.cause }, 'store command failed');
  return new GatewayError(outcome.code, outcome.message, outcome.more);
}

/** What every call of a store gets that cannot be used. */
export function closedError(cause: unknown): GatewayError {
  return new GatewayError('unavailable', 'The store is not available', { cause });
}
