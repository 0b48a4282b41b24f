import {
  actionPlaintext,
  type ActionContent,
  type ActionPlaintext,
  mcpTarget,
  type PlaintextContext,
} from '@airlock/actions';
import { pairingFacts, type PairingFacts } from '@airlock/enforcer';
import { type ActionFacts, STRICTEST_POLICY, touchedTargets } from '@airlock/policy';
import { AirlockError, LIMITS } from '@airlock/protocol';
import { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { RequestBody } from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';
import type { Core } from './core.js';
import { touchedBy } from './touched.js';

const SALT_BYTES = 16;

/** What somebody wants to do, where, and who asks. */
export interface Question {
  readonly workspace: Workspace;
  /** What `@airlock/actions` made, unchecked. */
  readonly action: RequestBody['action'];
  readonly facts: ActionFacts | null;
  readonly sessionId: string | undefined;
  readonly source: string;
  /** How long its artifact lives, milliseconds. */
  readonly lifetimeMs: number;
  /** A command that may be behind it was approved and is running; only a git action says so (LOC-148). */
  readonly isCommandApproved?: boolean;
  /** Who asks runs it, and nothing of ours sees whether that is what was shown. */
  readonly isClaimed?: boolean;
  /** None unless given. */
  readonly handOver?: HandOverPart;
}

/**
 * A request's part in a hand-over (LOC-147): it came over the socket and takes an approval where one covers it, or it is the
 * call of a host that executes what was approved through a layer of ours, which then asks by itself.
 */
export type HandOverPart = 'takes' | 'gives' | 'none';

/** A question as policy and human get it: checked, complete and hashed. */
export interface Asked extends Question {
  readonly requestId: string;
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly pairing: PairingFacts;
  readonly plaintext: ActionPlaintext;
  /** Parts of the gate that the action touches, in words (LOC-090). */
  readonly touches: readonly string[];
  /** What the plaintext was made with, so that a report of the same action can be made. */
  readonly context: PlaintextContext;
}

/** What an adapter sent, as a question. */
export function questionOf(workspace: Workspace, body: Omit<RequestBody, 'workspace' | 'label'>): Question {
  return {
    workspace,
    action: body.action,
    facts: body.facts ?? null,
    sessionId: body.sessionId,
    source: body.source,
    lifetimeMs: lifetimeMs(body.timeoutSeconds),
    isClaimed: body.isClaimed === true,
  };
}

/** The finished question; null without a pairing in force. Throws `bad_request`. */
export function prepare(
  core: Pick<Core, 'ports' | 'host' | 'policies' | 'places' | 'tools'>,
  requestId: string,
  question: Question,
): Asked | null {
  const { ports, host, policies, places } = core;
  const { workspace, action, facts, sessionId, source } = question;
  const createdAt = Math.floor(ports.now());
  const pairing = pairingFacts(host.state, workspace.workspaceId, createdAt);
  if (pairing === null) return null;
  const policy = policies.inForce(workspace.workspaceId);
  const context: PlaintextContext = {
    requestId,
    artifactType: artifactTypeOf(action),
    createdAt,
    expiresAt: createdAt + question.lifetimeMs,
    salt: ports.random(SALT_BYTES),
    enforcerId: pairing.enforcerId,
    workspaceId: workspace.workspaceId,
    workspace: pairing.workspaceName,
    repoName: pairing.workspaceName,
    repoRef: workspace.workspaceId,
    source,
    policyVersion: policy.version,
    policySha256: policy.sha256,
    notices: [...pairing.notices, ...noticesOf(question)],
    ...(sessionId === undefined ? {} : { sessionId }),
  };
  const plain = plaintextOf(action, context);
  const touches = touchedBy(plain, facts, places);
  const found = foundNotices(core, plain, touches);
  // What is found out about the plaintext is part of what is hashed and shown (ART-145).
  const marked = found.length === 0 ? context : { ...context, notices: [...(context.notices ?? []), ...found] };
  const plaintext = marked === context ? plain : plaintextOf(action, marked);
  const { kind } = plaintext.action;
  return { ...question, requestId, kind, createdAt, pairing, plaintext, touches, context: marked };
}

function foundNotices(
  { tools }: Pick<Core, 'tools'>,
  { action }: ActionPlaintext,
  touches: readonly string[],
): readonly string[] {
  const target = mcpTarget(action);
  const isChanged = target !== null && tools.hasChanged(action.workspaceId, target);
  return [...(isChanged ? ['tool-changed'] : []), ...(touches.length === 0 ? [] : ['touches-gate'])];
}

/** What the way it is asked adds to its card (ART-145). */
function noticesOf({ action, isCommandApproved, isClaimed }: Question): readonly string[] {
  const claimed = isClaimed === true ? ['claimed-by-agent'] : [];
  return isCommandApproved === true && isGit(action) ? [...claimed, 'command-approved'] : claimed;
}

function isGit({ kind }: RequestBody['action']): boolean {
  return kind === 'git-commit' || kind === 'git-push';
}

/** How a request outside every pairing is named. */
export interface Outside {
  readonly workspaceId: string;
  readonly contentSha256: string;
  readonly artifactHash: string;
}

/** A request where nothing can be asked, checked as any other; null when it touches the gate. Throws `bad_request`. */
export function describeOutside(core: Core, requestId: string, body: RequestBody): Outside | null {
  const { ports, places } = core;
  const createdAt = Math.floor(ports.now());
  const workspaceId = `ws-${ports.uuid()}`;
  const { action, artifactHash, contentSha256 } = plaintextOf(body.action, {
    requestId,
    artifactType: artifactTypeOf(body.action),
    createdAt,
    expiresAt: createdAt + lifetimeMs(body.timeoutSeconds),
    salt: ports.random(SALT_BYTES),
    enforcerId: `enf-${ports.uuid()}`,
    workspaceId,
    workspace: '',
    repoName: '',
    repoRef: '',
    source: body.source,
    policyVersion: STRICTEST_POLICY.version,
    policySha256: STRICTEST_POLICY.sha256,
  });
  const isFree = touchedTargets(action, body.facts ?? null, places).length === 0;
  return isFree ? { workspaceId, contentSha256, artifactHash } : null;
}

/** What the envelope calls the artifact; opaque to the gateway. */
function artifactTypeOf(action: RequestBody['action']): string {
  return action.kind === 'policy.change' ? 'policy.change' : 'command.review';
}

/** An object that names a kind; `actionPlaintext` checks every member of what it makes of it. */
const contentSchema = z.custom<ActionContent>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string',
);

/** The plaintext of what an adapter sent over the socket, complete and checked. Throws `bad_request`. */
export function plaintextOf(action: RequestBody['action'], context: PlaintextContext): ActionPlaintext {
  try {
    return actionPlaintext(contentSchema.parse(action), context);
  } catch (cause) {
    if (cause instanceof AirlockError) throw new RuntimeError('bad_request', cause.message, { cause });
    if (cause instanceof z.ZodError) throw new RuntimeError('bad_request', 'missing or wrong: action', { cause });
    throw cause;
  }
}

/** Room beyond the lifetime that a gateway takes for a mistake and replaces by its own (ART-060). */
const SHORT_LIFETIME_ROOM = 5_000;

/** How long an artifact lives, in milliseconds: as long as the human is waited for, but never so short that a gateway repairs it. */
function lifetimeMs(timeoutSeconds: number): number {
  const waited = Math.min(timeoutSeconds * 1000, LIMITS.artifactLifetimeMaxMs);
  return Math.max(waited, LIMITS.artifactExpiryRepairMs + SHORT_LIFETIME_ROOM);
}
