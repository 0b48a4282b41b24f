import { LIMITS } from '@airlock/protocol';
import { readApproval } from './approval.js';
import { readDenial } from './denial.js';
import type { StandingContext, StandingPolicy, StandingState } from './model.js';

/** Nothing known yet, except what has ended for good. */
export function initialStanding(ended: readonly string[]): StandingState {
  return { approving: [], denying: [], ended, refreshedMono: null };
}

/**
 * Takes in one successful answer of `GET /v1/policy/dnd/effective`; each element is judged alone. `ended` are the
 * approving policies that this answer ended for good: honoured before, not expired, and no longer there (DND-120).
 * `at` in epoch, `mono` in monotonic milliseconds.
 */
export function absorbPolicies(
  state: StandingState,
  answer: { readonly policies: readonly unknown[]; readonly at: number; readonly mono: number },
  context: StandingContext,
): { readonly state: StandingState; readonly ended: readonly string[] } {
  const { policies, at, mono } = answer;
  const honoured = policies.map((element) => readApproval(element, context, at)).filter((policy) => policy !== null);
  const stillThere = new Set(honoured.map(({ policyId }) => policyId));
  const ended = state.approving
    .filter((policy) => isUnexpired(policy, at) && !stillThere.has(policy.policyId))
    .map(({ policyId }) => policyId);
  return {
    state: {
      approving: honoured.filter(({ policyId }) => !state.ended.includes(policyId)),
      denying: policies.map((element) => readDenial(element, context, at)).filter((policy) => policy !== null),
      ended: [...state.ended, ...ended],
      refreshedMono: mono,
    },
    ended,
  };
}

/** A refresh failed: no approving policy holds until the next successful answer; every denial stays (DND-110). */
export function absorbFailure(state: StandingState): StandingState {
  return { ...state, refreshedMono: null };
}

/** Ends a grant from this side, for good. A denial is not ended by this. */
export function endPolicy(state: StandingState, policyId: string): StandingState {
  return {
    ...state,
    approving: state.approving.filter((policy) => policy.policyId !== policyId),
    ended: state.ended.includes(policyId) ? state.ended : [...state.ended, policyId],
  };
}

/** What holds at this moment: no approval older than the cache allows (DND-110, DND-120), every unexpired denial. */
export function standingAt(
  state: StandingState,
  now: { readonly at: number; readonly mono: number },
): readonly StandingPolicy[] {
  const approving = isFresh(state.refreshedMono, now.mono) ? state.approving : [];
  return [...state.denying, ...approving].filter((policy) => isUnexpired(policy, now.at));
}

function isFresh(refreshedMono: number | null, mono: number): boolean {
  return refreshedMono !== null && refreshedMono <= mono && mono - refreshedMono <= LIMITS.policyCacheMs;
}

function isUnexpired({ expiresAt }: StandingPolicy, at: number): boolean {
  return expiresAt >= at - LIMITS.clockSkewMs;
}
