import {
  type AirlockAction,
  airlockActionSchema,
  base64UrlDecode,
  CanonicalizationError,
  EncodingError,
  LIMITS,
  parseCanonical,
  type Receipt,
  utf8Encode,
} from '@airlock/protocol';
import { APPROVAL_REFUSALS, approvalRefusal } from './approval.js';
import type { Verifier } from './ed25519.js';
import { artifactHash } from './hash.js';

const KEY_BYTES = 32;

/** Why a receipt proves nothing. */
export const RECEIPT_REFUSALS = ['untrusted_key', 'artifact_unreadable', ...APPROVAL_REFUSALS] as const;
/** One of {@link RECEIPT_REFUSALS}. */
export type ReceiptRefusal = (typeof RECEIPT_REFUSALS)[number];

/** What a receipt proves was approved, or why it proves nothing. */
export type ReceiptCheck =
  | { readonly ok: true; readonly action: AirlockAction; readonly artifactHash: string }
  | { readonly ok: false; readonly reason: ReceiptRefusal };

/**
 * Whether one of the trusted keys signed the approval of exactly the artifact in the receipt. Expiry and single use are the
 * enforcer's: the receipt proves that the human agreed, not when.
 * @param trusted raw Ed25519 keys, `b64u`
 */
export function checkReceipt(
  receipt: Receipt,
  { trusted, verifier }: { readonly trusted: ReadonlySet<string>; readonly verifier: Verifier },
): ReceiptCheck {
  const { artifact, decision, signer } = receipt;
  const publicKey = trusted.has(signer.publicKey) ? keyBytes(signer.publicKey) : null;
  if (publicKey === null) return { ok: false, reason: 'untrusted_key' };
  const action = readAction(artifact);
  if (action === null) return { ok: false, reason: 'artifact_unreadable' };
  const hash = artifactHash(utf8Encode(artifact));
  const refusal = approvalRefusal(decision, {
    requestId: action.requestId,
    artifactHash: hash,
    repoRef: action.repoRef,
    signerKeyId: signer.keyId,
    key: { verifier, publicKey },
    requireHarpDecision: false,
  });
  return refusal === null ? { ok: true, action, artifactHash: hash } : { ok: false, reason: refusal };
}

function keyBytes(text: string): Uint8Array | null {
  try {
    return base64UrlDecode(text, KEY_BYTES);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}

function readAction(text: string): AirlockAction | null {
  if (text.length > LIMITS.artifactCiphertextBytes) return null;
  try {
    return airlockActionSchema.safeParse(parseCanonical(text)).data ?? null;
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}
