import {
  AirlockError,
  type DecisionFrame,
  decisionFrameSchema,
  type HarpDecisionForm,
  harpDecisionFormSchema,
  isTime,
  LIMITS,
  parseJson,
  utf8Encode,
} from '@airlock/protocol';
import {
  harpDecisionSignable,
  type VerifyContext,
  verifyHarpSignature,
  verifyPipeSignature,
} from './decision-signature.js';

/** Why a stored decision approves nothing. */
export const APPROVAL_REFUSALS = [
  'decision_unreadable',
  'request_mismatch',
  'not_approved',
  'hash_mismatch',
  'unknown_key',
  'pipe_signature',
  'harp_missing',
  'harp_signature',
  'harp_mismatch',
] as const;
/** One of {@link APPROVAL_REFUSALS}. */
export type ApprovalRefusal = (typeof APPROVAL_REFUSALS)[number];

/** What a stored decision must be about and who must have signed it. */
export interface ApprovalContext {
  readonly requestId: string;
  readonly artifactHash: string;
  readonly repoRef: string;
  readonly signerKeyId: string;
  readonly key: VerifyContext;
  /** ENF-030. */
  readonly requireHarpDecision: boolean;
}

const NONCE = /^[A-Za-z0-9_-]{16,128}$/;

/**
 * Why the text of a `decision.deliver` message does not approve what the context names, or null when it does: the checks of
 * table 17.1 in their order, without state, clocks and journal.
 */
export function approvalRefusal(text: string, context: ApprovalContext): ApprovalRefusal | null {
  const frame = readFrame(text);
  if (frame === null) return 'decision_unreadable';
  if (frame.requestId !== context.requestId) return 'request_mismatch';
  return bodyRefusal(frame.body, context);
}

type Body = DecisionFrame['body'];

function bodyRefusal(body: Body, context: ApprovalContext): ApprovalRefusal | null {
  const { artifactHash, nonce, signature, signerKeyId } = body;
  if (body.decision !== 'approve') return 'not_approved';
  if (!isText(artifactHash) || !isText(signature) || !isText(signerKeyId)) return 'decision_unreadable';
  if (!isText(nonce) || !NONCE.test(nonce)) return 'decision_unreadable';
  if (artifactHash !== context.artifactHash) return 'hash_mismatch';
  if (signerKeyId !== context.signerKeyId) return 'unknown_key';
  const pipe = { artifactHash: context.artifactHash, decision: 'approve', nonce, signature };
  if (!verifyPipeSignature(context.key, pipe)) return 'pipe_signature';
  const { harpDecision } = body;
  if (harpDecision === undefined || harpDecision === null) return context.requireHarpDecision ? 'harp_missing' : null;
  return harpRefusal(harpDecision, nonce, context);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function harpRefusal(value: unknown, nonce: string, context: ApprovalContext): ApprovalRefusal | null {
  const harp = readHarp(value);
  if (harp === null) return 'decision_unreadable';
  const { form } = harp;
  if (form.sigAlg !== 'Ed25519' || form.artifactHashAlg !== 'SHA-256') return 'harp_mismatch';
  if (!verifyHarpSignature(context.key, { signature: form.signature }, harp.signable)) return 'harp_signature';
  const isConsistent =
    form.requestId === context.requestId &&
    form.artifactHash === context.artifactHash &&
    form.decision === 'approve' &&
    form.nonce === nonce &&
    form.signerKeyId === context.signerKeyId &&
    form.repoRef === context.repoRef &&
    isTime(form.expiresAt) &&
    (form.scope === 'once' || form.scope === 'timebox');
  return isConsistent ? null : 'harp_mismatch';
}

/** Step 1 of table 17.1. */
function readFrame(text: string): DecisionFrame | null {
  return unlessMalformed(() => {
    if (utf8Encode(text).length > LIMITS.decisionMessageBytes) return null;
    return decisionFrameSchema.safeParse(parseJson(text)).data ?? null;
  });
}

/** Step 12 of table 17.1. */
function readHarp(value: unknown): { readonly form: HarpDecisionForm; readonly signable: Uint8Array } | null {
  return unlessMalformed(() => {
    const form = harpDecisionFormSchema.safeParse(value).data;
    return form === undefined ? null : { form, signable: harpDecisionSignable(form) };
  });
}

function unlessMalformed<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof AirlockError) return null;
    throw error;
  }
}
