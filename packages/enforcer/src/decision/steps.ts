import { type HarpDecisionForm, isTime, parseTime } from '@airlock/protocol';
import { ENGINE_LIMITS } from '../model/config.js';
import type { CheckInput } from './check-input.js';
import type { DecisionContext } from './context.js';
import { harpSignatureHolds, pipeSignatureHolds } from './signatures.js';

/** One check of table 17.1. Code and reason are the table's. */
export interface DecisionCheck {
  /** 2 to 21; step 1 is reading the message, 22 and 23 are the journal's. */
  readonly step: number;
  readonly holds: (input: CheckInput) => boolean;
}

const NONCE = /^[A-Za-z0-9_-]{16,128}$/;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A check of the canonical decision that is skipped when there is none (step 11). */
function onHarp(step: number, holds: (form: HarpDecisionForm, input: CheckInput) => boolean): DecisionCheck {
  return {
    step,
    holds: (input) => {
      const { harp } = input.subject;
      if (harp === 'absent') return true;
      return harp !== 'malformed' && holds(harp.form, input);
    },
  };
}

function decisionNotExpired(expiresAt: string, context: DecisionContext): boolean {
  return isTime(expiresAt) && context.at <= parseTime(expiresAt) + ENGINE_LIMITS.clockSkewMs;
}

/** Steps 2 to 21 of table 17.1 in their order (ENF-020). */
export const DECISION_CHECKS: readonly DecisionCheck[] = [
  { step: 2, holds: ({ subject, context }) => subject.frame.requestId === context.requestId },
  { step: 3, holds: ({ context }) => context.state === 'AWAITING_DECISION' },
  { step: 4, holds: ({ context }) => context.at < context.expiresAt && context.mono < context.expiresMono },
  { step: 5, holds: ({ subject }) => subject.body.decision === 'approve' || subject.body.decision === 'reject' },
  {
    step: 6,
    holds: ({ subject: { body } }) =>
      isText(body.artifactHash) &&
      isText(body.signature) &&
      isText(body.signerKeyId) &&
      typeof body.nonce === 'string' &&
      NONCE.test(body.nonce),
  },
  { step: 7, holds: ({ subject, context }) => subject.body.artifactHash === context.artifactHash },
  { step: 8, holds: ({ subject, context }) => subject.body.signerKeyId === context.signer.signerKeyId },
  { step: 9, holds: ({ context }) => context.pairingActive },
  { step: 10, holds: pipeSignatureHolds },
  { step: 11, holds: ({ subject, context }) => subject.harp !== 'absent' || !context.requireHarpDecision },
  onHarp(12, () => true),
  onHarp(13, (form) => form.sigAlg === 'Ed25519' && form.artifactHashAlg === 'SHA-256'),
  onHarp(14, (_form, input) => harpSignatureHolds(input)),
  onHarp(15, (form, { context }) => form.requestId === context.requestId),
  onHarp(16, (form, { context }) => form.artifactHash === context.artifactHash),
  onHarp(
    17,
    (form, { subject: { body } }) =>
      form.decision === body.decision && form.nonce === body.nonce && form.signerKeyId === body.signerKeyId,
  ),
  onHarp(18, (form, { context }) => form.repoRef === context.repoRef),
  onHarp(19, (form, { context }) => decisionNotExpired(form.expiresAt, context)),
  onHarp(20, (form) => form.scope === 'once' || form.scope === 'timebox'),
  { step: 21, holds: ({ context }) => !context.locallyDenied },
];
