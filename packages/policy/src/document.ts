import { sha256Hex } from '@airlock/crypto';
import { parseHexSha256, readPolicyDocument, utf8Encode } from '@airlock/protocol';
import { type PolicyInForce, STRICTEST_POLICY } from './strictest.js';

/**
 * Reads the text of a policy document whose signature was verified. A text that is not canonical, has a member this
 * version does not understand or only names an approver is as good as none: the strictest policy (LOC-080, LOC-082).
 */
export function policyInForce(text: string): PolicyInForce {
  const document = readPolicyDocument(text);
  if (document === null || document.approverKey !== undefined) return STRICTEST_POLICY;
  return { version: document.version, sha256: parseHexSha256(sha256Hex(utf8Encode(text))), document };
}
