import { artifactAad, contentSha256, timingSafeEqual } from '@airlock/crypto';
import {
  type AirlockAction,
  type ApprovalRequest,
  airlockActionSchema,
  CanonicalizationError,
  decodeBase64Any,
  type JsonObject,
  parseCanonical,
  parseTime,
  readPolicyDocument,
} from '@airlock/protocol';
import type { ApproverMemory, ApproverPairing, SignedPolicyRecord } from '../memory.js';
import type { Obstacle } from './model.js';

/** A decrypted text of our form with what stands against approving it (APPR-150). */
export interface JudgedAction {
  /** Null when the text cannot be read as an action at all. */
  readonly action: AirlockAction | null;
  readonly obstacles: readonly Obstacle[];
  /** True when the policy in force is older than one this approver signed (APPR-155). */
  readonly isRolledBack: boolean;
}

/** What a text is judged against. */
export interface JudgeContext {
  readonly request: ApprovalRequest;
  readonly pairing: ApproverPairing;
  readonly memory: ApproverMemory;
  /** Associated data as they came, decoded; null without. */
  readonly aad: Uint8Array | null;
}

/** Judges a text that says it is an `airlock.action`. */
export function judgeAction(text: string, context: JudgeContext): JudgedAction {
  const object = canonicalObject(text);
  if (object === undefined) return { action: null, obstacles: ['not-canonical'], isRolledBack: false };
  const parsed = airlockActionSchema.safeParse(object);
  if (!parsed.success) return { action: null, obstacles: ['unreadable-action'], isRolledBack: false };
  const action = parsed.data;
  const isRolledBack = rolledBack(action, context);
  const obstacles: Obstacle[] = [];
  if (!matchesRequest(action, context.request)) obstacles.push('request-mismatch');
  if (contentSha256(object) !== action.contentSha256) obstacles.push('content-hash-mismatch');
  if (context.pairing.assurance === 'verified' && !hasOwnAad(action, context)) obstacles.push('wrong-aad');
  return { action, obstacles: [...obstacles, ...policyObstacles(action, context, isRolledBack)], isRolledBack };
}

function canonicalObject(text: string): JsonObject | undefined {
  try {
    return parseCanonical(text);
  } catch (error) {
    if (error instanceof CanonicalizationError) return undefined;
    throw error;
  }
}

function matchesRequest(action: AirlockAction, request: ApprovalRequest): boolean {
  return (
    action.requestId === request.requestId &&
    action.artifactType === request.body.artifactType &&
    action.enforcerId === request.body.enforcerId &&
    parseTime(action.expiresAt) === parseTime(request.expiresAt)
  );
}

function hasOwnAad(action: AirlockAction, { request, aad }: JudgeContext): boolean {
  const artifactHash = hashWithoutPrefix(request.body.artifactHash);
  const { expiresAt, requestId } = action;
  return aad !== null && timingSafeEqual(aad, artifactAad({ artifactHash, expiresAt, requestId }));
}

/** The hash that a request names, without the prefix some published clients add (APPR-150). */
export function hashWithoutPrefix(artifactHash: string): string {
  return artifactHash.startsWith('sha256:') ? artifactHash.slice('sha256:'.length) : artifactHash;
}

/** Associated data of a ciphertext, decoded; null without. */
export function decodedAad(aad: string | undefined): Uint8Array | null {
  return aad === undefined ? null : decodeBase64Any(aad);
}

/** The newest policy document that this approver signed for the workspace of an action (APPR-155). */
export function newestSigned(memory: ApproverMemory, action: AirlockAction): SignedPolicyRecord | undefined {
  return memory.policies.find(
    (record) => record.enforcerId === action.enforcerId && record.workspaceId === action.workspaceId,
  );
}

function rolledBack(action: AirlockAction, context: JudgeContext): boolean {
  const newest = newestSigned(context.memory, action);
  if (newest === undefined) return false;
  return (
    action.policyVersion < newest.version ||
    (action.policyVersion === newest.version && action.policySha256 !== newest.sha256)
  );
}

function policyObstacles(action: AirlockAction, context: JudgeContext, isRolledBack: boolean): readonly Obstacle[] {
  if (action.kind !== 'policy.change') return isRolledBack ? ['policy-rolled-back'] : [];
  const obstacles: Obstacle[] = [];
  const document = readPolicyDocument(action.policy);
  const newest = newestSigned(context.memory, action)?.version ?? 0;
  if (document === null) obstacles.push('policy-unreadable');
  else if (document.version <= Math.max(newest, action.policyVersion)) obstacles.push('policy-version');
  // PAIR-220 and PAIR-225: the enforcer honours no such approval, so none is given.
  const { assurance, capabilities } = context.pairing;
  if (assurance !== 'verified' || capabilities.includes('unprotected-key')) obstacles.push('cannot-loosen');
  return obstacles;
}
