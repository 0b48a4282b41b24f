import { artifactHash, contentSha256 } from '@airlock/crypto';
import {
  type AirlockAction,
  airlockActionSchema,
  base64UrlEncode,
  canonicalize,
  commitSchema,
  formatTime,
  LIMITS,
  type Notice,
  utf8Encode,
} from '@airlock/protocol';
import type { ActionContent, ActionPlaintext, PlaintextContext } from './content.js';
import { ActionError } from './errors.js';
import { hidesContent } from './git/read-diff.js';

const SALT_BYTES = 16;

/**
 * Makes the plaintext of one request: canonical bytes that hold everything, and the hashes over exactly these bytes
 * (ART-130, ART-142, ART-150).
 * @throws ActionError `action_too_large` above the artifact limit, `action_invalid` when a member has a wrong form
 * @throws CanonicalizationError when a text is ill-formed or a key is outside the profile
 */
export function actionPlaintext(content: ActionContent, context: PlaintextContext): ActionPlaintext {
  const draft = { ...withoutUndefined(content), ...contextMembers(context, ownNotices(content)) };
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

/**
 * Facts that the content itself tells, so that nobody can forget them (ART-145).
 * @throws ActionError `action_invalid` when a commit has a wrong form
 */
function ownNotices(content: ActionContent): readonly Notice[] {
  if (content.kind !== 'git-commit' && content.kind !== 'git-push') return [];
  const commits = commitSchema.array().safeParse(content.commits);
  if (!commits.success) throw invalid(commits.error);
  return commits.data.some(({ diff }) => hidesContent(diff)) ? ['content-not-shown'] : [];
}

function contextMembers(context: PlaintextContext, own: readonly Notice[]): Readonly<Record<string, unknown>> {
  if (context.salt.length !== SALT_BYTES) throw new TypeError('The salt must have 16 bytes');
  const notices = [...new Set([...(context.notices ?? []), ...own])].sort();
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
  throw invalid(result.error);
}

function invalid(cause: unknown): ActionError {
  return new ActionError('action_invalid', 'The action has a member of a wrong form', { cause });
}
