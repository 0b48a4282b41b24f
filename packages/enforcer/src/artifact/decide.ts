import { formatTime } from '@airlock/protocol';
import type { DecisionContext } from '../decision/context.js';
import type { DecisionResult } from '../decision/verify.js';
import { refusalOf } from '../decision/verify.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { EpochMs, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { AuditKind } from '../model/audit.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { Exchange, VerifiedDecision } from '../model/exchange.js';
import { end } from './ending.js';
import type { ArtifactContext, ArtifactInput, ArtifactTurn, In, LiveExchange } from './model.js';
import { reportedState } from './reported.js';

type Awaiting = In<'AwaitingDecision'>;
type Delivered = Timed & { readonly text: string };
type Judged = { readonly at: EpochMs; readonly result: DecisionResult };
type Refused = Extract<DecisionResult, { readonly ok: false }>;

/** 9999-12-31T23:59:59.999Z: a time with an offset may lie beyond what can be written, and no execution waits for it. */
const LAST_WRITABLE = 253_402_300_799_999;

function verify(state: Exchange, input: Delivered, context: ArtifactContext): DecisionResult {
  const { facts } = state;
  const against: DecisionContext = {
    requestId: facts.requestId,
    artifactHash: facts.artifactHash,
    repoRef: facts.repoRef,
    state: reportedState(state),
    expiresAt: facts.expiresAt,
    expiresMono: facts.expiresMono,
    at: input.at,
    mono: input.mono,
    signer: facts.signer,
    pairingActive: context.pairingActive,
    requireHarpDecision: context.requireHarpDecision || facts.signer.capabilities.includes('harp-decision/1'),
    locallyDenied: false,
  };
  return context.verifyDecision(against, input.text, context.verifier);
}

function logged(kind: AuditKind, state: Exchange, { at, result }: Judged): EnforcerEffect {
  const { requestId, workspaceId, artifactHash, signer } = state.facts;
  const { signerKeyId, assurance } = signer;
  const common = { kind, at, requestId, workspaceId, artifactHash, signerKeyId, assurance };
  if (result.ok) {
    const { decision, nonce } = result.decision;
    return { type: 'audit.append', entry: { ...common, decision, nonce } };
  }
  const { step, code, reason } = result;
  return { type: 'audit.append', entry: { ...common, step, code, reason } };
}

function record(state: Exchange, decision: VerifiedDecision, input: Timed): EnforcerEffect {
  const { requestId, artifactHash, signer, expiresAt } = state.facts;
  return {
    type: 'journal.record',
    requestId,
    entry: {
      requestId,
      artifactHash,
      nonce: decision.nonce,
      signerKeyId: signer.signerKeyId,
      decision: decision.decision,
      decidedAt: formatTime(input.at),
      expiresAt: formatTime(Math.min(decision.decisionExpiresAt ?? expiresAt, LAST_WRITABLE)),
    },
  };
}

/** A failed check denies with the code of its row (ENF-020), a passed deadline as expiry. */
function refuse(state: LiveExchange, input: Delivered & Refused, context: ArtifactContext): ArtifactTurn {
  const { step, code, reason } = input;
  const isExpiry = reason === 'artifact_expired';
  const ended = end(
    state,
    {
      name: isExpiry ? 'Expired' : 'Denied',
      outcome: isExpiry ? 'timeout' : reason === 'local_policy' ? 'policy' : 'failed',
      code,
      refusal: { step, code, reason },
    },
    { input, access: context.access },
  );
  return turn(
    ended.state,
    [logged('decision.refused', state, { at: input.at, result: input }), ...ended.effects],
    ended.signals,
  );
}

/** A rejection denies at once; its record follows and only matters for the log and the ack. */
function reject(state: LiveExchange, input: Delivered & { decision: VerifiedDecision }, context: ArtifactContext) {
  const { decision } = input;
  const ended = end(
    state,
    { name: 'Denied', outcome: 'rejected', code: 'rejected', reason: decision.reason, decision },
    { input, access: context.access },
  );
  const { contentSha256 } = state.facts;
  return turn(
    ended.state,
    [
      logged('decision.verified', state, { at: input.at, result: { ok: true, decision } }),
      record(state, decision, input),
      ...ended.effects,
    ],
    [{ kind: 'human-rejected', contentSha256 } as const],
  );
}

/** A decision while another one is being recorded: the first one wins, unless this one rejects (INV-7, INV-11). */
function second(state: Awaiting, input: Delivered & { first: VerifiedDecision }, context: ArtifactContext) {
  const result = verify(state, input, context);
  if (result.ok) {
    if (result.decision.decision === 'reject') return reject(state, { ...input, decision: result.decision }, context);
    const isRepeat = result.decision.nonce === input.first.nonce;
    return turn(state, isRepeat ? [] : [logged('decision.contradiction', state, { at: input.at, result })]);
  }
  if (result.word === 'reject') return refuse(state, { ...input, ...result }, context);
  return turn(state, [logged('decision.ignored', state, { at: input.at, result })]);
}

/** Waiting for the human is over, whether or not the timer said so yet (INV-20). */
function waitedOut(state: Awaiting, input: Timed, { access }: ArtifactContext): ArtifactTurn {
  return end(state, { name: 'Expired', outcome: 'timeout', code: 'deadline_passed' }, { input, access });
}

/** A decision arrives while one is awaited. */
export function receive(state: Awaiting, input: Delivered, context: ArtifactContext): ArtifactTurn {
  if (state.stage.kind === 'recording') return second(state, { ...input, first: state.stage.decision }, context);
  const result = verify(state, input, context);
  if (!result.ok) return refuse(state, { ...input, ...result }, context);
  if (result.decision.decision === 'reject') return reject(state, { ...input, decision: result.decision }, context);
  const decision: VerifiedDecision = { ...result.decision, evidence: input.text };
  const { requestId, deadlineMono } = state.facts;
  if (input.mono >= deadlineMono) {
    const ended = waitedOut(state, input, context);
    const ignored = logged('decision.ignored', state, { at: input.at, result });
    return turn(ended.state, [ignored, ...ended.effects], ended.signals);
  }
  const waiting: readonly EnforcerEffect[] =
    state.stage.kind === 'calling' ? [{ type: 'gateway.cancel', callId: callId('wait', requestId) }] : [];
  return turn({ ...state, stage: { kind: 'recording', decision } }, [
    ...waiting,
    { type: 'timer.clear', timerId: timerId('exchange.pause', requestId) },
    logged('decision.verified', state, { at: input.at, result }),
    record(state, decision, input),
  ]);
}

/** A decision where none is awaited yet: only a rejection has an effect (ENF-060). */
export function receiveEarly(
  state: In<'Created'> | In<'Submitting'>,
  input: Delivered,
  context: ArtifactContext,
): ArtifactTurn {
  const result = verify(state, input, context);
  if (!result.ok && result.word === 'reject') return refuse(state, { ...input, ...result }, context);
  return turn(state, [logged('decision.ignored', state, { at: input.at, result })]);
}

/** A decision for a request that has one, or has ended: logged, never used. */
export function receiveLate(state: Exchange, input: Delivered, context: ArtifactContext): ArtifactTurn {
  const result = verify(state, input, context);
  const known = 'decision' in state ? state.decision : null;
  if (!result.ok && known !== null && result.nonce === known.nonce && result.word === known.decision)
    return turn(state);
  const isContradiction = known !== null && !result.ok && result.word !== null;
  return turn(state, [
    logged(isContradiction ? 'decision.contradiction' : 'decision.ignored', state, { at: input.at, result }),
  ]);
}

function claimDeadline(decision: VerifiedDecision, state: Awaiting, input: Timed) {
  const { expiresAt, expiresMono } = state.facts;
  if (decision.decisionExpiresAt === null) return { claimBefore: expiresAt, claimBeforeMono: expiresMono };
  const latest = decision.decisionExpiresAt + ENGINE_LIMITS.clockSkewMs;
  return {
    claimBefore: Math.min(expiresAt, latest),
    claimBeforeMono: Math.min(expiresMono, input.mono + (latest - input.at)),
  };
}

function approve(state: Awaiting, input: Timed, decision: VerifiedDecision): ArtifactTurn {
  const { facts, ack, withdrawal, submissionBegan } = state;
  const { requestId, workspaceId, artifactHash } = facts;
  const limits = claimDeadline(decision, state, input);
  const next: Exchange = { name: 'Approved', facts, ack, withdrawal, submissionBegan, decision, ...limits };
  const afterMs = Math.max(Math.min(limits.claimBeforeMono - input.mono, limits.claimBefore - input.at), 0);
  return turn(
    next,
    [
      { type: 'timer.clear', timerId: timerId('exchange.deadline', requestId) },
      { type: 'timer.set', timerId: timerId('exchange.claim', requestId), afterMs },
      {
        type: 'audit.append',
        entry: {
          kind: 'request.decided',
          at: input.at,
          requestId,
          workspaceId,
          artifactHash,
          verdict: 'allow',
          outcome: 'approved',
        },
      },
      {
        type: 'notify.request',
        requestId,
        progress: {
          kind: 'decided',
          verdict: 'allow',
          outcome: 'approved',
          ...(decision.reason === null ? {} : { reason: decision.reason }),
          submissionBegan,
          claimBefore: limits.claimBefore,
          ...(decision.evidence === undefined ? {} : { evidence: decision.evidence }),
        },
      },
    ],
    [{ kind: 'recorded', requestId, msgId: decision.msgId }],
  );
}

/** The journal holds the decision now: it may be used, if nothing ended meanwhile. */
export function recorded(state: Awaiting, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  if (state.stage.kind !== 'recording') return turn(state);
  const { facts } = state;
  const where = { input, access: context.access };
  const isLate = input.at >= facts.expiresAt || input.mono >= facts.expiresMono;
  if (isLate) return end(state, { name: 'Expired', outcome: 'timeout', code: 'HARP_ERR_EXPIRED' }, where);
  if (!context.pairingActive) return end(state, { name: 'Failed', outcome: 'failed', code: 'pairing_revoked' }, where);
  if (input.mono >= facts.deadlineMono) return waitedOut(state, input, context);
  return approve(state, input, state.stage.decision);
}

/** Steps 22 and 23 of table 17.1: used before, or not recordable. */
export function notRecorded(step: 22 | 23) {
  return (state: Awaiting, input: ArtifactInput, context: ArtifactContext): ArtifactTurn => {
    if (state.stage.kind !== 'recording') return turn(state);
    const refused = { ok: false, word: 'approve', nonce: state.stage.decision.nonce, ...refusalOf(step) } as const;
    return refuse(state, { at: input.at, mono: input.mono, text: '', ...refused }, context);
  };
}
