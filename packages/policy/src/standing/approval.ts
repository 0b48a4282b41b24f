import { sha256Hex, verifyPolicySignature } from '@airlock/crypto';
import {
  type ActionSelector,
  base64UrlDecode,
  CanonicalizationError,
  canonicalBytes,
  type DndPolicy,
  dndPolicySchema,
  EncodingError,
  isJsonObject,
  LIMITS,
  parseTime,
} from '@airlock/protocol';
import type { StandingContext, StandingPolicy } from './model.js';

const KEY_BYTES = 32;

/** An element of the gateway's answer as an approving policy, or null when any check of DND-060 fails: then it does not exist. */
export function readApproval(element: unknown, context: StandingContext, at: number): StandingPolicy | null {
  const policy = dndPolicySchema.safeParse(element).data;
  if (policy === undefined || policy.policyMode !== 'approve_all') return null;
  const isHonoured =
    isOurs(policy, context) && isTimely(policy, at) && selects(policy) && isSigned(policy, element, context);
  return isHonoured ? standing(policy) : null;
}

function isOurs(policy: DndPolicy, context: StandingContext): boolean {
  return (
    policy.enforcerId === context.enforcerId &&
    policy.workspaceId === context.workspaceId &&
    (policy.sessionId === undefined || policy.sessionId === context.sessionId)
  );
}

function isTimely(policy: DndPolicy, at: number): boolean {
  const [createdAt, expiresAt] = [parseTime(policy.createdAt), parseTime(policy.expiresAt)];
  return (
    createdAt <= at + LIMITS.clockSkewMs &&
    expiresAt >= at - LIMITS.clockSkewMs &&
    expiresAt - createdAt <= LIMITS.policySpanMaxMs
  );
}

/** What the policy says it selects must be there, say something (DND-095), and be what its hash is of. */
function selects(policy: DndPolicy): boolean {
  const { actionSelector: selector, selectorHash } = policy;
  if (selector === undefined) return policy.objectType === 'airlock.dnd.workspace' && selectorHash === undefined;
  return isMeaningful(selector) && (selectorHash === undefined || selectorHash === canonicalHash(selector));
}

/** A blank prefix matches everything in published clients; here it is no prefix (DND-030). */
function isMeaningful(selector: ActionSelector): boolean {
  const { commandFamily, argvPrefix, argv, contentSha256 } = selector;
  const texts = [
    ...(commandFamily === undefined ? [] : [commandFamily]),
    ...(argvPrefix === undefined ? [] : [argvPrefix[0] ?? '', ...argvPrefix]),
    ...(argv === undefined ? [] : [argv[0] ?? '']),
    ...(contentSha256 === undefined ? [] : [contentSha256]),
  ];
  return texts.length > 0 && texts.every((text) => text.trim() !== '');
}

function canonicalHash(selector: ActionSelector): string | null {
  return withinProfile(() => sha256Hex(canonicalBytes(selector)));
}

/** Over the object as it was received (CRYP-160), by the key that this pairing signs with (DND-050). */
function isSigned(policy: DndPolicy, element: unknown, { signer, verifier }: StandingContext): boolean {
  if (signer === null || policy.signerKeyId !== signer.signerKeyId || !isJsonObject(element)) return false;
  const publicKey = rawKey(signer.publicKey);
  return publicKey !== null && withinProfile(() => verifyPolicySignature({ verifier, publicKey }, element)) === true;
}

function rawKey(text: string): Uint8Array | null {
  try {
    return base64UrlDecode(text, KEY_BYTES);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}

function withinProfile<Result>(compute: () => Result): Result | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}

function standing(policy: DndPolicy): StandingPolicy {
  const { actionSelector, targetArtifactType, sessionId } = policy;
  return {
    policyId: policy.requestId,
    effect: 'approve',
    scope: policy.objectType === 'airlock.dnd.action' ? 'action' : 'workspace',
    ...(actionSelector === undefined ? {} : { selector: actionSelector }),
    ...(targetArtifactType === undefined ? {} : { targetArtifactType }),
    ...(sessionId === undefined ? {} : { sessionId }),
    createdAt: parseTime(policy.createdAt),
    expiresAt: parseTime(policy.expiresAt),
  };
}
