import { LIMITS } from '@airlock/protocol';
import { type RateLimits, rateLimited } from '../http/rate-limits.js';
import { decisionDeliver } from '../live/notices.js';
import { type OnGone, exchangeKey } from '../live/waiters.js';
import { type EnforcerPrincipal, appKey } from '../principal.js';
import type { ServiceDeps } from './deps.js';

export interface WaitDeps extends ServiceDeps {
  readonly limits: RateLimits;
}

/** EXCH-020: whole seconds, clamped to 1..60, 30 when absent or unreadable. Milliseconds. */
export function waitTimeout(query: URLSearchParams): number {
  const given = query.get('timeout');
  if (given === null || !/^-?\d{1,15}$/.test(given)) return LIMITS.waitTimeoutDefaultMs;
  const ms = Number(given) * 1000;
  return Math.min(Math.max(ms, LIMITS.waitTimeoutMinMs), LIMITS.waitTimeoutMaxMs);
}

/** The deliverable decision as JSON text, or why there is none. @throws GatewayError `NotFound` */
async function deliverable(
  deps: WaitDeps,
  principal: EnforcerPrincipal,
  requestId: string,
): Promise<{ readonly text: string; readonly expiresAt: number } | undefined> {
  const { userId } = principal;
  const now = deps.ports.now();
  const args = { userId, appId: appKey(principal), requestId, now };
  const { deliver } = await deps.store.run('findForWait', args);
  if (deliver === undefined) return undefined;
  const text = JSON.stringify(decisionDeliver(deps, requestId, deliver));
  return { text, expiresAt: deliver.expiresAt };
}

async function assertBudget(deps: WaitDeps, key: string, principal: EnforcerPrincipal): Promise<void> {
  const retryAfter = await deps.limits.wait.spend(`${appKey(principal)} ${key}`);
  if (retryAfter !== undefined) throw rateLimited(retryAfter);
  if (deps.waiters.count(key) >= deps.config.limits.concurrentWaits) throw rateLimited(1000);
}

interface WaitRequest {
  readonly principal: EnforcerPrincipal;
  readonly requestId: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly onGone: OnGone;
}

/**
 * `GET /v1/exchanges/{requestId}/wait`: the envelope as JSON text, or undefined for 204 after the full time
 * (EXCH-030 to EXCH-080).
 */
export async function waitForDecision(deps: WaitDeps, request: WaitRequest): Promise<string | undefined> {
  const { principal, requestId, timeoutMs, onGone } = request;
  const key = exchangeKey(principal.userId, requestId);
  await assertBudget(deps, key, principal);
  // Parked before the read: a decision that commits in between then ends the wait instead of being missed.
  const parked = deps.waiters.park(key, timeoutMs, onGone);
  try {
    const found = await deliverable(deps, principal, requestId);
    if (found === undefined) return await parked.ended;
    const delay = deps.deliveries.reserve(key, deps.ports.now(), found.expiresAt);
    if (delay === 0) return found.text;
    await deps.waiters.delay(delay);
    const still = await deliverable(deps, principal, requestId);
    return still === undefined ? await parked.ended : still.text;
  } finally {
    parked.stop();
  }
}
