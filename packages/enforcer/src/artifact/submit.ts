import { backoffMs } from '../machine/backoff.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Access, GatewayFailure } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import { end } from './ending.js';
import { callRefused } from './refused-call.js';
import type { ArtifactContext, ArtifactInput, ArtifactTurn, In } from './model.js';
import { startWaiting } from './wait.js';

const BOUNDS = { minMs: ENGINE_LIMITS.resubmitMinMs, maxMs: ENGINE_LIMITS.resubmitMaxMs };

type Submitting = In<'Submitting'>;

/** Sends the envelope, the same one every time (ART-170). */
export function submit(state: In<'Created'> | Submitting, access: Access): ArtifactTurn {
  const { facts, ack, withdrawal, envelope } = state;
  const { version } = access.user;
  const progress = state.name === 'Submitting' ? state : { failures: 0, refreshed: false };
  const beganBefore = state.submissionBegan;
  const next: Submitting = {
    name: 'Submitting',
    facts,
    ack,
    withdrawal,
    submissionBegan: true,
    envelope,
    failures: progress.failures,
    refreshed: progress.refreshed,
    stage: { kind: 'calling', version, beganBefore },
  };
  const call = {
    type: 'gateway.submitArtifact',
    callId: callId('submitArtifact', facts.requestId),
    request: { access, envelope },
  } as const;
  return turn(next, [call]);
}

function accepted(state: Submitting, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  const { requestId, workspaceId, artifactHash, expiresAt } = state.facts;
  const waiting = startWaiting(state, input, context);
  return turn(
    waiting.state,
    [
      { type: 'timer.clear', timerId: timerId('exchange.resubmit', requestId) },
      {
        type: 'audit.append',
        entry: { kind: 'request.submitted', at: input.at, requestId, workspaceId, artifactHash },
      },
      { type: 'notify.request', requestId, progress: { kind: 'submitted', expiresAt } },
      ...waiting.effects,
    ],
    waiting.signals,
  );
}

/** Nothing of any attempt left: only then may fail mode open apply (ENF-155). What is not known counts as sent. */
function began({ stage }: Submitting, failure: GatewayFailure): boolean {
  const neverLeft = failure.kind === 'unreachable' && failure.sent === false;
  return !neverLeft || stage.kind !== 'calling' || stage.beganBefore;
}

function again(state: Submitting, failure: GatewayFailure): ArtifactTurn {
  const failures = state.failures + 1;
  const afterMs = backoffMs(failures, BOUNDS, failure.retryAfterMs);
  const submissionBegan = began(state, failure);
  const { requestId } = state.facts;
  return turn({ ...state, failures, submissionBegan, stage: { kind: 'backoff' } }, [
    { type: 'timer.set', timerId: timerId('exchange.resubmit', requestId), afterMs },
    { type: 'notify.request', requestId, progress: { kind: 'retrying', code: failure.code, afterMs, submissionBegan } },
  ]);
}

/** The gateway's answer to a submission. */
export function submissionAnswered(
  state: Submitting,
  input: Extract<ArtifactInput, { readonly type: 'submitted' }>,
  context: ArtifactContext,
): ArtifactTurn {
  if (state.stage.kind !== 'calling') return turn(state);
  const { outcome } = input;
  if (!outcome.ok) {
    const { failure } = outcome;
    return callRefused(state, { input, failure, context, again: () => again(state, failure) });
  }
  const { state: reached } = outcome.value;
  if (reached === 'Expired' || reached === 'Withdrawn' || reached === 'Cancelled') {
    return end(
      state,
      { name: 'Failed', outcome: 'failed', code: 'gateway_refused' },
      { input, access: context.access },
    );
  }
  return accepted(state, input, context);
}

/** The pause before a resubmission is over. */
export function resubmit(state: Submitting, _input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  if (state.stage.kind !== 'backoff') return turn(state);
  if (context.access === null) return turn({ ...state, stage: { kind: 'access', version: -1 } });
  return submit(state, context.access);
}
