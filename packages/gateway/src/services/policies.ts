import { verifyPolicySignature } from '@airlock/crypto';
import {
  base64UrlDecode,
  CanonicalizationError,
  dndPolicySchema,
  type DndPolicy,
  formatTime,
  type JsonObject,
  LIMITS,
  parseTime,
} from '@airlock/protocol';
import { nodeVerifier } from '../crypto/node-verifier.js';
import { GatewayError } from '../errors.js';
import { parseRequest } from '../http/parse.js';
import type { ApproverPrincipal } from '../principal.js';
import type { ServiceDeps } from './deps.js';

/** A policy as an approver sent it. */
export interface PolicyOffer {
  readonly principal: ApproverPrincipal;
  readonly received: JsonObject;
}

function refuse(what: string): never {
  throw new GatewayError('invalid_request', what);
}

/** DND-030, beyond members and types. */
function assertForm(policy: DndPolicy): void {
  const span = parseTime(policy.expiresAt) - parseTime(policy.createdAt);
  if (span > LIMITS.policySpanMaxMs || span <= 0) refuse('A policy lasts at most 24 hours');
  const selector = policy.actionSelector;
  const { argvPrefix } = selector ?? {};
  if (argvPrefix?.length === 0 || argvPrefix?.some((word) => word.trim() === '')) {
    refuse('actionSelector.argvPrefix has no or a blank element');
  }
  const selects = [selector?.commandFamily, argvPrefix, selector?.argv, selector?.contentSha256];
  if (policy.objectType === 'airlock.dnd.action' && selects.every((part) => part === undefined)) {
    refuse('actionSelector selects nothing');
  }
}

function verifies(publicKey: string, policy: JsonObject): boolean {
  try {
    return verifyPolicySignature({ verifier: nodeVerifier, publicKey: base64UrlDecode(publicKey) }, policy);
  } catch (error) {
    if (error instanceof CanonicalizationError) return false;
    throw error;
  }
}

/** The device whose policy it is, after the check of DND-040. */
async function signerOf(deps: ServiceDeps, offer: PolicyOffer, policy: DndPolicy): Promise<string> {
  const { principal, received } = offer;
  const { userId } = principal;
  const candidates =
    principal.approverId === undefined
      ? (await deps.store.run('listApprovers', { userId })).map((item) => item.approverId)
      : [principal.approverId];
  if (policy.policyMode === 'deny_all' && policy.signature === undefined) {
    return candidates[0] ?? '';
  }
  for (const approverId of candidates) {
    const args = { userId, approverId, enforcerId: policy.enforcerId };
    const signer = await deps.store.run('findPolicySigner', args);
    const named = signer.signerKeyIds.includes(policy.signerKeyId ?? '');
    if (named && verifies(signer.publicKey, received)) return approverId;
  }
  throw new GatewayError('HARP_ERR_SIGNATURE_INVALID', 'The policy signature does not verify');
}

/** Checks and stores a policy exactly as it came (GW-080: it is signed). */
export async function acceptPolicy(
  deps: ServiceDeps,
  offer: PolicyOffer,
  now: number,
): Promise<{ readonly policyId: string; readonly expiresAt: string }> {
  const { principal, received } = offer;
  const policy = parseRequest(dndPolicySchema, received);
  assertForm(policy);
  const approverId = await signerOf(deps, offer, policy);
  const expiresAt = parseTime(policy.expiresAt);
  await deps.store.run('addPolicy', {
    userId: principal.userId,
    policyId: policy.requestId,
    approverId,
    enforcerId: policy.enforcerId,
    workspaceId: policy.workspaceId,
    ...(policy.sessionId === undefined ? {} : { sessionId: policy.sessionId }),
    document: JSON.stringify(received),
    createdAt: parseTime(policy.createdAt),
    expiresAt,
    now,
    maxPolicies: LIMITS.policiesPerUser,
  });
  return { policyId: policy.requestId, expiresAt: formatTime(expiresAt) };
}
