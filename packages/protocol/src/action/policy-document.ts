import { z } from 'zod';

/**
 * The signed policy document in force (LOC-082). Exact: a member that this version does not know must not be
 * half-understood, so such a document counts as unreadable and the strictest policy applies (LOC-080).
 */
export const policyDocumentSchema = z.strictObject({
  /** The larger of the replaced document's version + 1 and the Unix time in seconds. */
  version: z.int().min(1),
});
/** A policy document. */
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
