import { LIMITS } from '@airlock/protocol';
import type { CallOptions } from './call-options.js';
import type { Caller } from './http/caller.js';
import { path } from './http/request.js';
import type { AbortSignalLike } from './ports.js';
import { NO_RETRY } from './retry.js';

/** One wait for a decision. */
export interface WaitRequest {
  readonly requestId: string;
  /** Whole seconds the gateway holds the request, 1 to 60; default 30 (EXCH-020). */
  readonly timeoutSeconds?: number;
}

/** Answer of a wait (EXCH-020, EXCH-030). */
export type WaitResult =
  | {
      readonly kind: 'delivered';
      /** The decision envelope as it arrived: verify this text, trust nothing else. */
      readonly text: string;
    }
  | {
      readonly kind: 'pending';
      /** Milliseconds to pause before the next wait: 0 when the gateway held for the full time (EXCH-150). */
      readonly pauseMs: number;
    };

/** Bytes of a delivery that are read; a decision has at most 64 KiB and is judged by its verifier. */
const MAX_DELIVERY_BYTES = 2 * LIMITS.decisionMessageBytes;
/** Pause after every answer other than a decision and a full hold (EXCH-150). */
const PAUSE_MS = 1_000;
/** Share of the hold after which a 204 counts as a full one: timers and clocks differ a little. */
const FULL_HOLD = 0.9;

/** `GET /v1/exchanges/{requestId}/wait`, once and never repeated by itself. */
export async function wait(caller: Caller, request: WaitRequest, options: CallOptions = {}): Promise<WaitResult> {
  const seconds = request.timeoutSeconds ?? LIMITS.waitTimeoutDefaultMs / 1000;
  const started = caller.transport.monotonic();
  const { status, text } = await caller.callText(
    {
      method: 'GET',
      path: path`/v1/exchanges/${request.requestId}/wait`,
      query: { timeout: String(seconds) },
      statuses: [200, 204],
      repeatable: false,
      authenticated: true,
      maxBytes: MAX_DELIVERY_BYTES,
    },
    // The gateway may hold for the whole timeout before it starts to answer.
    { ...options, timeoutMs: seconds * 1000 + (options.timeoutMs ?? caller.timeoutMs), retry: NO_RETRY },
  );
  if (status === 200) return { kind: 'delivered', text };
  const held = caller.transport.monotonic() - started;
  return { kind: 'pending', pauseMs: held >= seconds * 1000 * FULL_HOLD ? 0 : PAUSE_MS };
}

/** Options of {@link awaitDecision}. */
export interface AwaitDecisionOptions {
  readonly requestId: string;
  /** Milliseconds until the caller gives up; it must then deny and withdraw (EXCH-150). */
  readonly withinMs: number;
  readonly signal?: AbortSignalLike;
  /** Called with every failed wait that is retried, for logs. */
  readonly onFailure?: (error: unknown) => void;
}
