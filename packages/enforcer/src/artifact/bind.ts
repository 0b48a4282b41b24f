import { artifactHash, contentSha256 } from '@airlock/crypto';
import {
  AirlockError,
  type AirlockAction,
  airlockActionSchema,
  base64UrlDecode,
  parseCanonical,
  parseTime,
  readPolicyDocument,
  utf8Encode,
} from '@airlock/protocol';
import type { Timed } from '../model/base.js';
import type { EnforcerCode } from '../model/codes.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { Standing } from '../model/durable.js';
import type { RequestOpen } from '../model/events.js';

const NONCE_BYTES = 12;
const MSG_ID = /^[!-~]{1,200}$/;

/** An artifact whose plaintext says what the request says. */
export interface BoundArtifact {
  readonly action: AirlockAction;
  readonly bytes: Uint8Array;
  readonly nonce: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number;
}

function read(open: RequestOpen): Pick<BoundArtifact, 'action' | 'bytes' | 'nonce'> | null {
  try {
    const value = parseCanonical(open.plaintext);
    const parsed = airlockActionSchema.safeParse(value);
    if (!parsed.success || contentSha256(value) !== open.contentSha256) return null;
    const bytes = utf8Encode(open.plaintext);
    return { action: parsed.data, bytes, nonce: base64UrlDecode(open.gcmNonce, NONCE_BYTES) };
  } catch (error) {
    if (error instanceof AirlockError) return null;
    throw error;
  }
}

function isConsistent(open: RequestOpen, bound: BoundArtifact, standing: Standing): boolean {
  const { action, bytes } = bound;
  return (
    artifactHash(bytes) === open.artifactHash &&
    action.contentSha256 === open.contentSha256 &&
    action.requestId === open.requestId &&
    action.workspaceId === open.workspaceId &&
    action.enforcerId === standing.enforcerId &&
    MSG_ID.test(open.submitMsgId) &&
    MSG_ID.test(open.ackMsgId)
  );
}

function isTimely({ createdAt, expiresAt }: BoundArtifact, { at }: Timed): boolean {
  const isOld = createdAt > at + ENGINE_LIMITS.clockSkewMs;
  return !isOld && expiresAt > at && expiresAt - createdAt <= ENGINE_LIMITS.artifactLifetimeMs;
}

/**
 * Recomputes everything that binds an artifact to its request before anything leaves (ART-130, ART-142, ART-150).
 * @returns the artifact, or the code with which the request is denied
 */
export function bindArtifact(open: RequestOpen, standing: Standing, now: Timed): BoundArtifact | EnforcerCode {
  if (open.plaintext.length > ENGINE_LIMITS.plaintextBytes) return 'artifact_too_large';
  const readable = read(open);
  if (readable === null) return 'artifact_inconsistent';
  if (readable.bytes.length > ENGINE_LIMITS.plaintextBytes) return 'artifact_too_large';
  const { createdAt, expiresAt } = readable.action;
  const bound = { ...readable, createdAt: parseTime(createdAt), expiresAt: parseTime(expiresAt) };
  return isConsistent(open, bound, standing) && isTimely(bound, now) ? bound : 'artifact_inconsistent';
}

/** The approver key that a `policy.change` document names, or null (PAIR-260). */
export function approverKeyNamed(action: AirlockAction): string | null {
  if (action.kind !== 'policy.change') return null;
  return readPolicyDocument(action.policy)?.approverKey ?? null;
}
