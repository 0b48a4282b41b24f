import type { Verifier } from '@airlock/crypto';
import type { ActionSelector } from '@airlock/protocol';

/** A standing policy that may be honoured (section 14): for approving ones every check of DND-060 has passed. */
export interface StandingPolicy {
  readonly policyId: string;
  readonly effect: 'approve' | 'deny';
  readonly scope: 'workspace' | 'action';
  readonly selector?: ActionSelector;
  readonly targetArtifactType?: string;
  /** Present: only within this session of the host. */
  readonly sessionId?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What is known of the standing policies of one workspace and one session, or of none. Plain data. */
export interface StandingState {
  readonly approving: readonly StandingPolicy[];
  readonly denying: readonly StandingPolicy[];
  /** Approving policies that were missing from a later answer, or revoked here: never honoured again (DND-120). */
  readonly ended: readonly string[];
  /** Monotonic milliseconds of the last successful answer. */
  readonly refreshedMono: number | null;
}

/** Whose policies they must be. None of it comes from the gateway. */
export interface StandingContext {
  readonly enforcerId: string;
  readonly workspaceId: string;
  readonly sessionId?: string;
  /** Null when the pairing is not verified or does not sign policies: then nothing approves. */
  readonly signer: { readonly signerKeyId: string; readonly publicKey: string } | null;
  readonly verifier: Verifier;
}

/** Nothing known yet, except what has ended for good. */
export function initialStanding(_ended: readonly string[]): StandingState {
  throw new TypeError('not built yet');
}

/** Takes in one successful answer of `GET /v1/policy/dnd/effective`; each element is judged alone. */
export function absorbPolicies(
  _state: StandingState,
  _answer: { readonly policies: readonly unknown[]; readonly at: number; readonly mono: number },
  _context: StandingContext,
): { readonly state: StandingState; readonly ended: readonly string[] } {
  throw new TypeError('not built yet');
}

/** A refresh failed: no approving policy holds until the next successful answer; every denial stays (DND-110). */
export function absorbFailure(_state: StandingState): StandingState {
  throw new TypeError('not built yet');
}

/** Ends a grant from this side, for good. */
export function endPolicy(_state: StandingState, _policyId: string): StandingState {
  throw new TypeError('not built yet');
}

/** What holds at this moment: no approval older than the cache allows (DND-110, DND-120), every unexpired denial. */
export function standingAt(
  _state: StandingState,
  _now: { readonly at: number; readonly mono: number },
): readonly StandingPolicy[] {
  throw new TypeError('not built yet');
}
