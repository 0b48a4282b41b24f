import type { Access, RequestId } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { Withdrawal } from '../model/exchange.js';
import type { Outcome } from '../model/base.js';
import { backoffMs } from '../machine/backoff.js';
import { callId, timerId, type TimerName } from '../machine/names.js';

/** A withdrawal after one more attempt or answer; null when it is over. */
export interface WithdrawalTurn {
  readonly withdrawal: Withdrawal | null;
  readonly effects: readonly EnforcerEffect[];
}

/** Who retries: a request of this run or one left over from an earlier run. */
export interface WithdrawalOwner {
  readonly requestId: RequestId;
  readonly timer: Extract<TimerName, 'exchange.withdraw' | 'orphan.withdraw'>;
  readonly attempts: number;
}

/** Withdrawal of a request of this run. */
export function ownerOf(requestId: RequestId): WithdrawalOwner {
  return { requestId, timer: 'exchange.withdraw', attempts: ENGINE_LIMITS.withdrawAttempts };
}

/** Withdrawal of a request that an earlier run left open (ENF-130); it keeps trying longer. */
export function orphanOwner(requestId: RequestId): WithdrawalOwner {
  return { requestId, timer: 'orphan.withdraw', attempts: ENGINE_LIMITS.orphanWithdrawAttempts };
}

function pause(attempts: number, owner: WithdrawalOwner): WithdrawalTurn {
  if (attempts >= owner.attempts) return { withdrawal: null, effects: [] };
  const bounds = { minMs: ENGINE_LIMITS.withdrawBackoffMs, maxMs: ENGINE_LIMITS.resubmitMaxMs };
  return {
    withdrawal: { attempts, inFlight: false },
    effects: [
      { type: 'timer.set', timerId: timerId(owner.timer, owner.requestId), afterMs: backoffMs(attempts, bounds) },
    ],
  };
}

/** Tries once more; without a credential the attempt counts and is repeated later. */
export function tryWithdraw(
  owner: WithdrawalOwner,
  withdrawal: Withdrawal | null,
  access: Access | null,
): WithdrawalTurn {
  const attempts = (withdrawal?.attempts ?? 0) + 1;
  if (withdrawal?.inFlight === true) return { withdrawal, effects: [] };
  if (access === null) return pause(attempts, owner);
  const { requestId } = owner;
  return {
    withdrawal: { attempts, inFlight: true },
    effects: [{ type: 'gateway.withdraw', callId: callId('withdraw', requestId), request: { access, requestId } }],
  };
}

/** The gateway's answer: every final answer ends it, be it 200, 404 or 409. */
export function withdrawalAnswered(
  owner: WithdrawalOwner,
  withdrawal: Withdrawal | null,
  outcome: Outcome<unknown>,
): WithdrawalTurn {
  if (withdrawal === null) return { withdrawal: null, effects: [] };
  const again = !outcome.ok && (outcome.failure.retryable || outcome.failure.kind === 'unauthorized');
  return again ? pause(withdrawal.attempts, owner) : { withdrawal: null, effects: [] };
}
