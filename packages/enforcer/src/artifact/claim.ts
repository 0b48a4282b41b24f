import { timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Timed } from '../model/base.js';
import type { DenyCode } from '../model/codes.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { Exchange } from '../model/exchange.js';
import { end } from './ending.js';
import type { ArtifactContext, ArtifactInput, ArtifactTurn, EndedExchange, In } from './model.js';

function refusal(state: Exchange, input: Timed, code: DenyCode): readonly EnforcerEffect[] {
  const { requestId, workspaceId, artifactHash } = state.facts;
  return [
    {
      type: 'audit.append',
      entry: { kind: 'execution.refused', at: input.at, requestId, workspaceId, artifactHash, code },
    },
    { type: 'execution.refuse', requestId, code },
  ];
}

/** A claim where nothing may be executed; the state stays. */
export function refuseClaim(code: (state: Exchange) => DenyCode) {
  return (state: Exchange, input: ArtifactInput): ArtifactTurn => turn(state, refusal(state, input, code(state)));
}

/** Code with which a request ended. */
export function endingCode(state: EndedExchange): DenyCode {
  return state.ending.code ?? 'not_approved';
}

function grant(state: In<'Approved'>, input: Timed): ArtifactTurn {
  const { facts, ack, withdrawal, submissionBegan, decision } = state;
  const { requestId, workspaceId, artifactHash, signer } = facts;
  const { signerKeyId, assurance } = signer;
  return turn({ name: 'Executed', facts, ack, withdrawal, submissionBegan, decision, result: null }, [
    { type: 'timer.clear', timerId: timerId('exchange.claim', requestId) },
    {
      type: 'audit.append',
      entry: { kind: 'execution.granted', at: input.at, requestId, workspaceId, artifactHash, signerKeyId, assurance },
    },
    { type: 'execution.grant', requestId },
  ]);
}

/** The last check before an execution: both clocks and the pairing once more, then the approval is used up (ENF-090). */
export function claim(state: In<'Approved'>, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  const where = { input, access: context.access };
  const isLate = input.at >= state.claimBefore || input.mono >= state.claimBeforeMono;
  if (isLate)
    return refused(state, input, end(state, { name: 'Expired', outcome: 'timeout', code: 'approval_expired' }, where));
  if (!context.pairingActive) {
    return refused(state, input, end(state, { name: 'Failed', outcome: 'failed', code: 'pairing_revoked' }, where));
  }
  return grant(state, input);
}

function refused(state: In<'Approved'>, input: Timed, ended: ArtifactTurn): ArtifactTurn {
  const code = 'ending' in ended.state ? (ended.state.ending.code ?? 'not_approved') : 'not_approved';
  return turn(ended.state, [...ended.effects, ...refusal(state, input, code)], ended.signals);
}

/** An approval that nobody claimed in time. */
export function claimExpired(state: In<'Approved'>, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  const left = Math.min(state.claimBefore - input.at, state.claimBeforeMono - input.mono);
  const { requestId } = state.facts;
  if (left > 0)
    return turn(state, [{ type: 'timer.set', timerId: timerId('exchange.claim', requestId), afterMs: left }]);
  return end(
    state,
    { name: 'Expired', outcome: 'timeout', code: 'approval_expired' },
    { input, access: context.access },
  );
}

/** What the executor reports, once. */
export function executionOutcome(
  state: In<'Executed'>,
  input: Extract<ArtifactInput, { readonly type: 'outcome' }>,
): ArtifactTurn {
  if (state.result !== null) return turn(state);
  const { requestId, workspaceId, artifactHash } = state.facts;
  const { outcome, detail } = input;
  return turn({ ...state, result: outcome }, [
    {
      type: 'audit.append',
      entry: {
        kind: 'execution.outcome',
        at: input.at,
        requestId,
        workspaceId,
        artifactHash,
        outcome,
        ...(detail === null ? {} : { reason: detail }),
      },
    },
  ]);
}
