import { z } from 'zod';
import { canonicalize, parseCanonical } from '../json/canonical.js';
import { CanonicalizationError } from '../errors/local-errors.js';

/** Proof that a human approved an action: everything that a third party needs to verify it, and nothing it must believe. */
export const receiptSchema = z.strictObject({
  type: z.literal('airlock.receipt'),
  v: z.literal(1),
  /** Canonical text of the approved plaintext (section 11). */
  artifact: z.string(),
  /** Text of the `decision.deliver` message, as received. */
  decision: z.string(),
  signer: z.strictObject({
    /** `signerKeyId` of the decision. */
    keyId: z.string(),
    /** Raw Ed25519 key, `b64u`. A claim: it counts only where the verifier trusts it on its own. */
    publicKey: z.string(),
  }),
});
/** Proof that a human approved an action. */
export type Receipt = z.infer<typeof receiptSchema>;

/** A receipt as one line of canonical JSON, without a line feed. */
export function receiptLine(receipt: Receipt): string {
  return canonicalize(receipt);
}

/** The receipt of a line; null for everything that {@link receiptLine} does not make. */
export function readReceipt(line: string): Receipt | null {
  try {
    return receiptSchema.safeParse(parseCanonical(line)).data ?? null;
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}
