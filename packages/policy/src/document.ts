import { sha256Hex } from '@airlock/crypto';
import {
  CanonicalizationError,
  parseCanonical,
  parseHexSha256,
  policyDocumentSchema,
  utf8Encode,
} from '@airlock/protocol';
import { type PolicyInForce, STRICTEST_POLICY } from './strictest.js';

/**
 * Reads the text of a policy document whose signature was verified. A text that is not canonical, or has a member this
 * version does not understand, is as good as none: the strictest policy (LOC-080, LOC-082).
 */
export function policyInForce(text: string): PolicyInForce {
  const parsed = policyDocumentSchema.safeParse(canonicalObject(text));
  if (!parsed.success) return STRICTEST_POLICY;
  return { version: parsed.data.version, sha256: parseHexSha256(sha256Hex(utf8Encode(text))), document: parsed.data };
}

function canonicalObject(text: string): unknown {
  try {
    return parseCanonical(text);
  } catch (error) {
    if (error instanceof CanonicalizationError) return undefined;
    throw error;
  }
}
