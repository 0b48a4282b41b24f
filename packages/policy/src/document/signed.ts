import { APPROVAL_REFUSALS, approvalRefusal, artifactHash, sha256Hex, type Verifier } from '@airlock/crypto';
import {
  type ActionOf,
  airlockActionSchema,
  base64UrlDecode,
  CanonicalizationError,
  LIMITS,
  parseCanonical,
  type PolicyDocument,
  readPolicyDocument,
  utf8Encode,
} from '@airlock/protocol';

const KEY_BYTES = 32;

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
  ...APPROVAL_REFUSALS,
  'document_unreadable',
] as const;
/** One of {@link POLICY_REFUSALS}. */
export type PolicyRefusal = (typeof POLICY_REFUSALS)[number];

/** A record that verified, or why not. */
export type PolicyCheck =
  | { readonly ok: true; readonly text: string; readonly document: PolicyDocument; readonly sha256: string }
  | { readonly ok: false; readonly reason: PolicyRefusal };

/**
 * Checks a stored document and its approval, at every load (LOC-080). The expiry of the decision is not checked (LOC-085).
 * @throws EncodingError when the signer's own key is not base64url of 32 bytes
 */
export function checkSignedPolicy(record: SignedPolicyRecord, signer: PolicySigner): PolicyCheck {
  const action = readPolicyChange(record.plaintext);
  if (action === null) return refused('plaintext_unreadable');
  if (action.enforcerId !== signer.enforcerId || action.workspaceId !== signer.workspaceId) {
    return refused('wrong_workspace');
  }
  const refusal = approvalRefusal(record.decision, {
    requestId: action.requestId,
    artifactHash: artifactHash(utf8Encode(record.plaintext)),
    repoRef: action.repoRef,
    signerKeyId: signer.signerKeyId,
    key: { verifier: signer.verifier, publicKey: base64UrlDecode(signer.publicKey, KEY_BYTES) },
    requireHarpDecision: signer.requireHarpDecision,
  });
  if (refusal !== null) return refused(refusal);
  const document = readPolicyDocument(action.policy);
  if (document === null || document.approverKey !== undefined) return refused('document_unreadable');
  return { ok: true, text: action.policy, document, sha256: sha256Hex(utf8Encode(action.policy)) };
}

function refused(reason: PolicyRefusal): PolicyCheck {
  return { ok: false, reason };
}

function readPolicyChange(text: string): ActionOf<'policy.change'> | null {
  if (text.length > LIMITS.artifactCiphertextBytes) return null;
  try {
    const action = airlockActionSchema.safeParse(parseCanonical(text)).data;
    return action?.kind === 'policy.change' ? action : null;
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}
