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
