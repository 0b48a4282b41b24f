import type { Verifier } from '@airlock/crypto';
import type { PolicyDocument } from '@airlock/protocol';

/** A document with the approval that stands behind it, as it is stored (LOC-080). */
export interface SignedPolicyRecord {
  /** Canonical text of the `policy.change` action that was approved. */
  readonly plaintext: string;
  /** Text of the `decision.deliver` message that approved it, as received. */
  readonly decision: string;
}

/** Whose signature over what a stored record must be. None of it comes from the record. */
export interface PolicySigner {
  readonly enforcerId: string;
  readonly workspaceId: string;
  readonly signerKeyId: string;
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
  /** ENF-030. */
  readonly requireHarpDecision: boolean;
  readonly verifier: Verifier;
}

/** Why a record counts as none. */
export const POLICY_REFUSALS = [
  'plaintext_unreadable',
  'wrong_workspace',
  'decision_unreadable',
  'not_approved',
  'hash_mismatch',
  'unknown_key',
  'pipe_signature',
  'harp_missing',
  'harp_signature',
  'harp_mismatch',
  'document_unreadable',
] as const;
/** One of {@link POLICY_REFUSALS}. */
export type PolicyRefusal = (typeof POLICY_REFUSALS)[number];

/** A record that verified, or why not. */
export type PolicyCheck =
  | { readonly ok: true; readonly text: string; readonly document: PolicyDocument; readonly sha256: string }
  | { readonly ok: false; readonly reason: PolicyRefusal };

/** Checks a stored document and its approval, at every load (LOC-080). The expiry of the decision is not checked (LOC-085). */
export function checkSignedPolicy(_record: SignedPolicyRecord, _signer: PolicySigner): PolicyCheck {
  throw new TypeError('not built yet');
}
