import type { Verifier } from '@airlock/crypto';
import { type HarpCode, isTime, parseTime, type RefusalReason, VERIFICATION_STEPS } from '@airlock/protocol';
import type { EpochMs } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { VerifiedDecision } from '../model/exchange.js';
import type { DecisionContext } from './context.js';
import { DECISION_CHECKS, type DecisionCheck } from './steps.js';
import { readSubject, shown, type Subject } from './subject.js';

/** Result of steps 1 to 21. */
export type DecisionResult =
  | { readonly ok: true; readonly decision: VerifiedDecision }
  | ({
      readonly ok: false;
      /** The word the message shows, trusted or not; null when it shows none (ENF-060). */
      readonly word: string | null;
      /** The nonce it shows. */
      readonly nonce: string | null;
    } & DecisionRefusal);

/** The failing row of table 17.1. */
export interface DecisionRefusal {
  /** 1 to 23. */
  readonly step: number;
  readonly code: HarpCode;
  readonly reason: RefusalReason;
}

/** Checks one delivered text against a context. */
export type DecisionVerifier = (context: DecisionContext, envelopeText: string, verifier: Verifier) => DecisionResult;

/** Code and reason of a step of table 17.1. */
export function refusalOf(step: number): DecisionRefusal {
  const row = VERIFICATION_STEPS.find((candidate) => candidate.step === step);
  if (row === undefined) throw new TypeError(`table 17.1 has no step ${step}`);
  return row;
}

function msgIdOf(subject: Subject): string | null {
  const { msgId } = subject.frame;
  return typeof msgId === 'string' && msgId.length > 0 && msgId.length <= 200 ? msgId : null;
}

/** ENF-050: the signed reason where there is one, else the body's; untrusted text, cut to its limit. */
function reasonOf({ harp, body }: Subject): string | null {
  const signed = harp === 'absent' || harp === 'malformed' ? undefined : harp.form.policyHints?.reason;
  const reason = signed ?? body.reason;
  if (typeof reason !== 'string') return null;
  return Array.from(reason).slice(0, ENGINE_LIMITS.reasonCharacters).join('');
}

function expiryOf({ harp }: Subject): EpochMs | null {
  if (harp === 'absent' || harp === 'malformed' || !isTime(harp.form.expiresAt)) return null;
  return parseTime(harp.form.expiresAt);
}

function verifiedOf(subject: Subject): VerifiedDecision {
  const { body } = subject;
  return {
    decision: body.decision === 'approve' ? 'approve' : 'reject',
    nonce: String(body.nonce),
    decisionExpiresAt: expiryOf(subject),
    reason: reasonOf(subject),
    msgId: msgIdOf(subject),
  };
}

/** Makes a verification pipeline of checks in the order given. */
export function pipelineOf(checks: readonly DecisionCheck[]): DecisionVerifier {
  return (context, envelopeText, verifier) => {
    const subject = readSubject(envelopeText);
    const { word, nonce } = shown(subject);
    if (subject === null) return { ok: false, word, nonce, ...refusalOf(1) };
    const failed = checks.find((check) => !check.holds({ subject, context, verifier }));
    if (failed !== undefined) return { ok: false, word, nonce, ...refusalOf(failed.step) };
    return { ok: true, decision: verifiedOf(subject) };
  };
}

/** Checks a delivered envelope in the order of table 17.1, steps 1 to 21, and stops at the first failure (ENF-020). */
export const verifyDecision: DecisionVerifier = pipelineOf(DECISION_CHECKS);
