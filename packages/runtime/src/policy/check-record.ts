import { honoursPolicyChange, type Verifier } from '@airlock/crypto';
import type { Standing } from '@airlock/enforcer';
import { checkSignedPolicy, type PolicyCheck, type SignedPolicyRecord } from '@airlock/policy';
import type { VoidReason } from './void-policy.js';

/** A record that counts under the pairing in force, or why it does not. */
export type RecordCheck =
  | Extract<PolicyCheck, { readonly ok: true }>
  | { readonly ok: false; readonly reason: VoidReason };

export interface RecordContext {
  /** Of the workspace; its pairing in force says whose signature counts. */
  readonly standing: Standing;
  /** Under which id the key signed: the same key has another one in every pairing. */
  readonly signerKeyId: string;
  readonly verifier: Verifier;
}

/** Checks a record under the approver key that is paired now, and that it may loosen (LOC-080, PAIR-220, PAIR-225). */
export function checkRecord(
  record: SignedPolicyRecord,
  { standing, signerKeyId, verifier }: RecordContext,
): RecordCheck {
  const { active, pin, enforcerId, workspaceId } = standing;
  if (active === null || active.publicKey !== pin?.publicKey) return { ok: false, reason: 'approver_replaced' };
  if (!honoursPolicyChange(active)) return { ok: false, reason: 'cannot_loosen' };
  const { publicKey, capabilities } = active;
  const requireHarpDecision = capabilities.includes('harp-decision/1');
  const check = checkSignedPolicy(record, {
    enforcerId,
    workspaceId,
    signerKeyId,
    publicKey,
    requireHarpDecision,
    verifier,
  });
  if (check.ok) return check;
  const isOtherKey = check.reason === 'pipe_signature' && !signerKeyId.includes(keyPart(active.signerKeyId));
  return { ok: false, reason: isOtherKey ? 'approver_replaced' : check.reason };
}

/** The part of a signer's id that names its key (PAIR-180). */
function keyPart(signerKeyId: string): string {
  return signerKeyId.split('.')[1] ?? signerKeyId;
}
