import { displayCard, render } from '@airlock/actions';
import { artifactHash, DecryptionError, open } from '@airlock/crypto';
import {
  type ApprovalRequest,
  base64UrlDecode,
  EncodingError,
  isJsonObject,
  parseTime,
  utf8Decode,
} from '@airlock/protocol';
import type { ApproverMemory, ApproverPairing } from '../memory.js';
import { requestedChoices } from './choices.js';
import { readPolicy } from '../policy/read-policy.js';
import { decodedAad, hashWithoutPrefix, type JudgedAction, judgeAction, newestSigned } from './judge-action.js';
import type { Obstacle, OpenedContent, OpenedRequest, Warning } from './model.js';

/** A judged request, and the memory after it: the first artifact that opens proves the enforcer (PAIR-250). */
export interface OpenResult {
  readonly memory: ApproverMemory;
  readonly opened: OpenedRequest;
}

interface Judgement {
  readonly content: OpenedContent;
  readonly bound: boolean;
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly Warning[];
}

const NO_CONTENT: OpenedContent = { kind: 'none' };

/**
 * Decrypts a request with the key of the pairing it names, recomputes the hash, and says what may be signed
 * (APPR-140 to APPR-180). Everything shown comes from the decrypted bytes and from this approver's own records.
 * @param at epoch milliseconds now
 */
export function openRequest(memory: ApproverMemory, request: ApprovalRequest, at: number): OpenResult {
  const pairing = memory.pairings.find((known) => known.pairingId === request.body.pairingId) ?? null;
  if (pairing === null) return closed(memory, request, { pairing, obstacle: 'unknown-pairing' });
  if (pairing.pairingKey === null || pairing.enforcerId !== request.body.enforcerId) {
    return closed(memory, request, { pairing, obstacle: 'revoked-pairing' });
  }
  const plaintext = decrypted(pairing.pairingKey, request);
  const proven = { ...pairing, proven: pairing.proven || plaintext !== undefined };
  const judgement = judge(plaintext, { memory, request, pairing: proven });
  const known = { ...proven, workspaceId: workspaceOf(judgement) ?? proven.workspaceId };
  const expired: readonly Obstacle[] = parseTime(request.expiresAt) <= at ? ['expired'] : [];
  const obstacles = [...judgement.obstacles, ...expired];
  const { choices, isInvalid } = requestedChoices(extensionsOf(judgement.content));
  return {
    memory: withPairing(memory, known),
    opened: {
      request,
      pairing: known,
      content: judgement.content,
      bound: judgement.bound,
      canApprove: obstacles.length === 0,
      canReject: proven.proven && expired.length === 0,
      obstacles,
      warnings: isInvalid ? [...judgement.warnings, 'invalid-choices'] : judgement.warnings,
      choices,
    },
  };
}

function closed(
  memory: ApproverMemory,
  request: ApprovalRequest,
  { pairing, obstacle }: { readonly pairing: ApproverPairing | null; readonly obstacle: Obstacle },
): OpenResult {
  const { choices } = requestedChoices(undefined);
  const opened: OpenedRequest = {
    request,
    pairing,
    content: NO_CONTENT,
    bound: false,
    canApprove: false,
    canReject: false,
    obstacles: [obstacle],
    warnings: [],
    choices,
  };
  return { memory, opened };
}

/** The same memory when nothing was learnt. */
function withPairing(memory: ApproverMemory, known: ApproverPairing): ApproverMemory {
  const isNews = (old: ApproverPairing) =>
    old.pairingId === known.pairingId && (old.proven !== known.proven || old.workspaceId !== known.workspaceId);
  if (!memory.pairings.some(isNews)) return memory;
  return { ...memory, pairings: memory.pairings.map((old) => (isNews(old) ? known : old)) };
}

/** How the enforcer names its workspace, from an action that is bound to its hash. */
function workspaceOf({ content, bound, obstacles }: Judgement) {
  const isOwn = content.kind === 'action' && bound && !obstacles.includes('request-mismatch');
  return isOwn ? content.action.workspaceId : undefined;
}

function decrypted(pairingKey: string, request: ApprovalRequest): Uint8Array | undefined {
  try {
    return open({ key: base64UrlDecode(pairingKey, 32), ciphertext: request.body.ciphertextRef });
  } catch (error) {
    if (error instanceof DecryptionError) return undefined;
    throw error;
  }
}

interface Surroundings {
  readonly memory: ApproverMemory;
  readonly request: ApprovalRequest;
  readonly pairing: ApproverPairing;
}

function judge(plaintext: Uint8Array | undefined, around: Surroundings): Judgement {
  const trust: readonly Warning[] = around.pairing.assurance === 'verified' ? [] : ['gateway-trusted'];
  if (plaintext === undefined) {
    const proof: readonly Obstacle[] = around.pairing.proven ? [] : ['waiting-for-proof'];
    return { content: NO_CONTENT, bound: false, obstacles: ['undecryptable', ...proof], warnings: trust };
  }
  const bound = artifactHash(plaintext) === hashWithoutPrefix(around.request.body.artifactHash);
  const text = decodedText(plaintext);
  if (text === undefined) return { content: NO_CONTENT, bound, obstacles: ['not-text'], warnings: trust };
  if (!saysAction(text)) return judgeForeign(text, { ...around, bound, trust });
  const aad = decodedAad(around.request.body.ciphertextRef.aad);
  const judged = judgeAction(text, { ...around, aad });
  const obstacles: readonly Obstacle[] = bound ? judged.obstacles : ['hash-mismatch', ...judged.obstacles];
  return {
    content: contentOf(text, judged, around),
    bound,
    obstacles,
    warnings: judged.isRolledBack ? [...trust, 'policy-rolled-back'] : trust,
  };
}

function judgeForeign(
  text: string,
  around: Surroundings & { readonly bound: boolean; readonly trust: readonly Warning[] },
): Judgement {
  const { bound, trust } = around;
  return {
    content: { kind: 'text', rendered: render(text, 'text') },
    bound,
    obstacles: around.pairing.assurance === 'verified' ? ['foreign-plaintext'] : [],
    warnings: bound ? trust : [...trust, 'not-bound'],
  };
}

function contentOf(text: string, { action }: JudgedAction, { memory, pairing }: Surroundings): OpenedContent {
  if (action === null) return { kind: 'text', rendered: render(text, 'text') };
  const card = displayCard(action, pairing);
  const policy = action.kind === 'policy.change' ? readPolicy(action.policy, newestSigned(memory, action)) : undefined;
  return { kind: 'action', action, card, ...(policy === undefined ? {} : { policy }) };
}

function decodedText(plaintext: Uint8Array): string | undefined {
  try {
    return utf8Decode(plaintext);
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

/** Lenient on purpose: a text that only says so must pass all checks, not fewer (APPR-150). */
function saysAction(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && value['type'] === 'airlock.action';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function extensionsOf(content: OpenedContent) {
  return content.kind === 'action' ? content.action.extensions : undefined;
}
