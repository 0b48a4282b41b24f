import { z } from 'zod';
import { CanonicalizationError } from '../errors/local-errors.js';
import { parseCanonical } from '../json/canonical.js';

/** 32 bytes in base64url: 43 characters, the last of which holds four bits. */
const KEY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * The document of a signed `policy.change` (LOC-082). Exact: a member that this version does not know must not be
 * half-understood, so such a document counts as unreadable and the strictest policy applies (LOC-080).
 */
export const policyDocumentSchema = z.strictObject({
  /** The larger of the replaced document's version + 1 and the Unix time in seconds. */
  version: z.int().min(1),
  /**
   * Ed25519 key of the approver that takes the place of the one who signs (PAIR-260), base64url of 32 bytes. A document
   * with it replaces the approver and puts no policy in force.
   */
  approverKey: z.string().regex(KEY).optional(),
});
/** A policy document. */
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

/** The document that a text is, or null when it is not canonical or not of {@link policyDocumentSchema}. */
export function readPolicyDocument(text: string): PolicyDocument | null {
  try {
    return policyDocumentSchema.safeParse(parseCanonical(text)).data ?? null;
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}
