import { LIMITS } from '@airlock/protocol';
import type { CallOptions } from './call-options.js';
import { GatewayError } from './errors.js';
import type { Caller } from './http/caller.js';
import { path } from './http/request.js';
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

/** How long to wait for a decision. */
export interface AwaitDecisionRequest {
  readonly requestId: string;
  /** Milliseconds until the caller gives up; it must then deny and withdraw (EXCH-150). */
  readonly withinMs: number;
  /** Called with every failure after which waiting goes on, for logs. */
  readonly onFailure?: (error: GatewayError) => void;
}

/**
 * Waits again and again until a decision arrives (its text), or the time is up (`undefined`). Pauses as EXCH-150 says.
 * @throws GatewayError for a failure that waiting does not cure; the caller must deny
 */
export async function awaitDecision(
  caller: Caller,
  request: AwaitDecisionRequest,
  options: CallOptions = {},
): Promise<string | undefined> {
  const { transport } = caller;
  const end = transport.monotonic() + request.withinMs;
  for (;;) {
    const left = end - transport.monotonic();
    if (left <= 0) return undefined;
    const timeoutSeconds = Math.max(1, Math.min(LIMITS.waitTimeoutMaxMs / 1000, Math.floor(left / 1000)));
    const result = await waitOnce(caller, { ...request, timeoutSeconds }, options);
    if (result.kind === 'delivered') return result.text;
    await transport.sleep(Math.min(result.pauseMs, Math.max(0, end - transport.monotonic())), options.signal);
  }
}

async function waitOnce(
  caller: Caller,
  request: WaitRequest & AwaitDecisionRequest,
  options: CallOptions,
): Promise<WaitResult> {
  try {
    return await wait(caller, request, options);
  } catch (error) {
    if (!(error instanceof GatewayError) || !error.retryable) throw error;
    request.onFailure?.(error);
    return { kind: 'pending', pauseMs: Math.max(PAUSE_MS, error.retryAfterMs ?? 0) };
  }
}
