import { artifactHash, contentSha256 } from '@airlock/crypto';
import {
  type AirlockAction,
  airlockActionSchema,
  base64UrlEncode,
  canonicalize,
  formatTime,
  LIMITS,
  utf8Encode,
} from '@airlock/protocol';
import type { ActionContent, ActionPlaintext, PlaintextContext } from './content.js';
import { ActionError } from './errors.js';

const SALT_BYTES = 16;

/**
 * Makes the plaintext of one request: canonical bytes that hold everything, and the hashes over exactly these bytes
 * (ART-130, ART-142, ART-150).
 * @throws ActionError `action_too_large` above the artifact limit, `action_invalid` when a member has a wrong form
 * @throws CanonicalizationError when a text is ill-formed or a key is outside the profile
 */
export function actionPlaintext(content: ActionContent, context: PlaintextContext): ActionPlaintext {
  const draft = { ...withoutUndefined(content), ...contextMembers(context) };
  const content64 = contentSha256(draft);
  const text = canonicalize({ ...draft, contentSha256: content64 });
  const bytes = utf8Encode(text);
  if (bytes.length > LIMITS.artifactCiphertextBytes) {
    throw new ActionError(
      'action_too_large',
      `The action has ${bytes.length} bytes; at most ${LIMITS.artifactCiphertextBytes} can be put before a human uncut.`,
    );
  }
  return {
    action: checked({ ...draft, contentSha256: content64 }),
    text,
    bytes,
    artifactHash: artifactHash(bytes),
    contentSha256: content64,
  };
}

function contextMembers(context: PlaintextContext): Readonly<Record<string, unknown>> {
  if (context.salt.length !== SALT_BYTES) throw new TypeError('The salt must have 16 bytes');
  const notices = [...new Set(context.notices ?? [])].sort();
  return {
    type: 'airlock.action',
    v: 1,
    requestId: context.requestId,
    artifactType: context.artifactType,
    createdAt: formatTime(context.createdAt),
    expiresAt: formatTime(context.expiresAt),
    salt: base64UrlEncode(context.salt),
    enforcerId: context.enforcerId,
    workspaceId: context.workspaceId,
    workspace: context.workspace,
    repoName: context.repoName,
    repoRef: context.repoRef,
    source: context.source,
    policyVersion: context.policyVersion,
    policySha256: context.policySha256,
    ...(context.sessionId === undefined ? {} : { sessionId: context.sessionId }),
    ...(notices.length === 0 ? {} : { notices }),
  };
}

function withoutUndefined(content: ActionContent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}

function checked(action: unknown): AirlockAction {
  const result = airlockActionSchema.safeParse(action);
  if (result.success) return result.data;
  throw new ActionError('action_invalid', 'The action has a member of a wrong form', { cause: result.error });
}
