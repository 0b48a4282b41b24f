import { decisionPipeText, harpDecisionSignable, sha256Hex } from '@airlock/crypto';
import {
  type ApproverId,
  base64UrlEncode,
  type DecisionSubmit,
  type DecisionWord,
  decisionSubmitSchema,
  formatTime,
  isHexSha256,
  LIMITS,
  parseMessage,
  parseTime,
  readPolicyDocument,
  utf8Encode,
} from '@airlock/protocol';
import { ApproverError } from '../errors.js';
import { type ApproverMemory, forgetExpired } from '../memory.js';
import type { Signer } from '../ports.js';
import { hashWithoutPrefix } from '../request/judge-action.js';
import type { OpenedRequest } from '../request/model.js';

/** One deliberate act of the user on one request (APPR-200). */
export interface DecisionInput {
  readonly opened: OpenedRequest;
  readonly decision: DecisionWord;
  /** Up to 1000 characters. The gateway can read it: tell the user (APPR-210). */
  readonly reason?: string;
  /** Id of the chosen button when the enforcer asked for its own (APPR-190). */
  readonly choiceId?: string;
  readonly approverId: ApproverId;
  /** 16 fresh random bytes. */
  readonly nonce: Uint8Array;
  /** `msg-<uuid>`. */
  readonly msgId: string;
  /** Epoch milliseconds now. */
  readonly at: number;
}

/** A signed decision. Store `memory`, then send `envelope`; the same envelope again after a lost answer. */
export interface SignedDecision {
  readonly memory: ApproverMemory;
  readonly envelope: DecisionSubmit;
}

const NONCE_BYTES = 16;

/**
 * Signs a decision in both forms (CRYP-170 to CRYP-200, APPR-210), or returns the one that was signed before for the
 * same request, hash and word.
 * @throws ApproverError and signs nothing when the request does not allow it
 */
export async function signDecision(
  memory: ApproverMemory,
  input: DecisionInput,
  signer: Signer,
): Promise<SignedDecision> {
  const { opened, decision, at } = input;
  const current = forgetExpired(memory, at);
  const before = current.decided.find(
    (record) => record.requestId === opened.request.requestId && record.pairingId === opened.request.body.pairingId,
  );
  const isSame = before?.envelope.body.artifactHash === opened.request.body.artifactHash;
  if (isSame && before.decision === decision) return { memory: current, envelope: before.envelope };
  if (before !== undefined) throw new ApproverError('already_decided', 'This request was already decided otherwise');
  assertAllowed(input);
  const expiresAt = Math.min(parseTime(opened.request.expiresAt), at + LIMITS.decisionLifetimeMaxMs);
  const envelope = await envelopeOf(input, expiresAt, signer);
  return { memory: remembered(current, input, { envelope, expiresAt }), envelope };
}

function assertAllowed({ opened, decision, reason, choiceId, nonce, at }: DecisionInput): void {
  if (nonce.length !== NONCE_BYTES) throw new TypeError('The nonce must have 16 bytes');
  if (parseTime(opened.request.expiresAt) <= at) {
    throw new ApproverError('request_expired', 'This request has expired');
  }
  if (decision === 'approve' && !opened.canApprove) {
    throw new ApproverError('approval_impossible', `This cannot be approved: ${opened.obstacles.join(', ')}`);
  }
  if (decision === 'reject' && !opened.canReject) {
    throw new ApproverError('rejection_impossible', `Nothing can be signed here: ${opened.obstacles.join(', ')}`);
  }
  if (reason !== undefined && Array.from(reason).length > LIMITS.reasonCharacters) {
    throw new ApproverError('reason_too_long', `A reason has at most ${LIMITS.reasonCharacters} characters`);
  }
  const isOffered = opened.choices.some((choice) => choice.id === choiceId && choice.decision === decision);
  if (choiceId !== undefined && !isOffered) {
    throw new ApproverError('unknown_choice', 'This request offers no such choice with this decision');
  }
}

async function envelopeOf(input: DecisionInput, expiresAt: number, signer: Signer): Promise<DecisionSubmit> {
  const { opened, decision, reason, at } = input;
  if (opened.pairing === null) throw new ApproverError('rejection_impossible', 'This pairing is unknown');
  const body = {
    artifactHash: opened.request.body.artifactHash,
    decision,
    ...(reason === undefined ? {} : { reason }),
    signerKeyId: opened.pairing.signerKeyId,
    nonce: base64UrlEncode(input.nonce),
  };
  const pipe = utf8Encode(decisionPipeText(body));
  const harp = unsignedHarp(input, { ...body, expiresAt });
  return parseMessage(decisionSubmitSchema, {
    msgId: input.msgId,
    msgType: 'decision.submit',
    requestId: opened.request.requestId,
    createdAt: formatTime(at),
    sender: { approverId: input.approverId },
    body: {
      ...body,
      signature: base64UrlEncode(await signer.sign(pipe)),
      ...(harp === undefined ? {} : { harpDecision: await signedHarp(harp, signer) }),
    },
  });
}

function unsignedHarp(
  { opened, reason, choiceId }: DecisionInput,
  signed: {
    readonly artifactHash: string;
    readonly decision: DecisionWord;
    readonly nonce: string;
    readonly signerKeyId: string;
    readonly expiresAt: number;
  },
): Readonly<Record<string, unknown>> | undefined {
  const artifactHash = hashWithoutPrefix(signed.artifactHash);
  if (!isHexSha256(artifactHash)) return undefined;
  const hints = {
    ...(reason === undefined ? {} : { reason }),
    ...(choiceId === undefined ? {} : { actionId: choiceId }),
  };
  return {
    requestId: opened.request.requestId,
    artifactHashAlg: 'SHA-256',
    artifactHash,
    repoRef: opened.content.kind === 'action' ? opened.content.action.repoRef : '-',
    decision: signed.decision,
    scope: 'once',
    expiresAt: formatTime(signed.expiresAt),
    nonce: signed.nonce,
    sigAlg: 'Ed25519',
    signerKeyId: signed.signerKeyId,
    ...(Object.keys(hints).length === 0 ? {} : { policyHints: hints }),
  };
}

async function signedHarp(
  harp: Readonly<Record<string, unknown>>,
  signer: Signer,
): Promise<Readonly<Record<string, unknown>>> {
  return { ...harp, signature: base64UrlEncode(await signer.sign(harpDecisionSignable(harp))) };
}

function remembered(
  memory: ApproverMemory,
  { opened, decision }: DecisionInput,
  { envelope, expiresAt }: { readonly envelope: DecisionSubmit; readonly expiresAt: number },
): ApproverMemory {
  const record = {
    requestId: opened.request.requestId,
    pairingId: opened.request.body.pairingId,
    decision,
    envelope,
    keepUntil: expiresAt + LIMITS.clockSkewMs,
  };
  return withSignedPolicy({ ...memory, decided: [...memory.decided, record] }, opened, decision);
}

/** APPR-155: the newest document signed for a workspace, so that an older one is noticed. */
function withSignedPolicy(memory: ApproverMemory, opened: OpenedRequest, decision: DecisionWord): ApproverMemory {
  if (decision !== 'approve' || opened.content.kind !== 'action') return memory;
  const { action } = opened.content;
  if (action.kind !== 'policy.change') return memory;
  const { enforcerId, workspaceId, policy: text } = action;
  const document = readPolicyDocument(text);
  // PAIR-260: such a document replaces the approver and no policy. Taken for the newest one, everything would be refused
  // until the replacement, and for good if none came.
  if (document === null || document.approverKey !== undefined) return memory;
  const others = memory.policies.filter(
    (record) => record.enforcerId !== enforcerId || record.workspaceId !== workspaceId,
  );
  const { version } = document;
  const signed = { enforcerId, workspaceId, version, sha256: sha256Hex(utf8Encode(text)), text };
  return { ...memory, policies: [...others, signed] };
}
