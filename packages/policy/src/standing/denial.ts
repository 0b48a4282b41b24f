import {
  type ActionSelector,
  isHexSha256,
  isJsonObject,
  isRequestId,
  isTime,
  type JsonObject,
  type JsonValue,
  LIMITS,
  parseTime,
} from '@airlock/protocol';
import type { StandingContext, StandingPolicy } from './model.js';

/** Stands for an id that cannot be shown. */
const UNREADABLE_ID = 'dnd-unreadable';

/**
 * An element of the gateway's answer as a denying policy, or null when it is none of ours (DND-070). Needs no signature,
 * and what cannot be read of it makes it wider, never void: an unreadable selector denies everything, an unreadable end
 * is as far away as a policy may reach.
 */
export function readDenial(element: unknown, context: StandingContext, at: number): StandingPolicy | null {
  if (!isJsonObject(element) || element['policyMode'] !== 'deny_all' || !isOurs(element, context)) return null;
  const scope = scopeOf(element['objectType']);
  const expiresAt = timeOf(element['expiresAt']) ?? at + LIMITS.policySpanMaxMs;
  if (scope === null || expiresAt < at - LIMITS.clockSkewMs) return null;
  const selector = scope === 'action' ? readSelector(element['actionSelector']) : null;
  const targetArtifactType = textOf(element['targetArtifactType']);
  const sessionId = textOf(element['sessionId']);
  const policyId = element['requestId'];
  return {
    policyId: isRequestId(policyId) ? policyId : UNREADABLE_ID,
    effect: 'deny',
    scope,
    ...(selector === null ? {} : { selector }),
    ...(targetArtifactType === null ? {} : { targetArtifactType }),
    ...(sessionId === null ? {} : { sessionId }),
    createdAt: timeOf(element['createdAt']) ?? at,
    expiresAt,
  };
}

function isOurs(element: JsonObject, context: StandingContext): boolean {
  const sessionId = textOf(element['sessionId']);
  return (
    element['enforcerId'] === context.enforcerId &&
    element['workspaceId'] === context.workspaceId &&
    (sessionId === null || sessionId === context.sessionId)
  );
}

function scopeOf(objectType: JsonValue | undefined): StandingPolicy['scope'] | null {
  if (objectType === 'airlock.dnd.workspace') return 'workspace';
  return objectType === 'airlock.dnd.action' ? 'action' : null;
}

/** The members that can be read; null when none of them selects anything. */
function readSelector(value: JsonValue | undefined): ActionSelector | null {
  if (!isJsonObject(value)) return null;
  const { commandFamily, contentSha256, sessionId } = value;
  const family = textOf(commandFamily);
  const hash = isHexSha256(contentSha256) ? contentSha256 : null;
  const argvPrefix = wordsOf(value['argvPrefix']);
  const argv = wordsOf(value['argv']);
  const session = textOf(sessionId);
  if ([family, hash, argvPrefix, argv, session].every((member) => member === null)) return null;
  return {
    ...(family === null ? {} : { commandFamily: family }),
    ...(argvPrefix === null ? {} : { argvPrefix }),
    ...(argv === null ? {} : { argv }),
    ...(hash === null ? {} : { contentSha256: hash }),
    ...(session === null ? {} : { sessionId: session }),
  };
}

/** The words that are there; a blank one selects nothing. */
function wordsOf(value: JsonValue | undefined): string[] | null {
  if (!Array.isArray(value)) return null;
  const words = value.map((word: unknown) => textOf(word)).filter((word) => word !== null);
  return words.length === 0 ? null : words;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function timeOf(value: unknown): number | null {
  return typeof value === 'string' && isTime(value) ? parseTime(value) : null;
}
