import { backoffMs } from '../machine/backoff.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { GatewayFailure, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import { receive } from './decide.js';
import { callRefused } from './refused-call.js';
import type { ArtifactContext, ArtifactInput, ArtifactTurn, In } from './model.js';

const BOUNDS = { minMs: ENGINE_LIMITS.pauseMinMs, maxMs: ENGINE_LIMITS.pauseMaxMs };

type Awaiting = In<'AwaitingDecision'>;

/** Asks the gateway to hold a request until there is a decision. */
export function callWait(state: Awaiting, input: Timed, context: ArtifactContext): ArtifactTurn {
  const { access } = context;
  if (access === null) return turn({ ...state, stage: { kind: 'access', version: -1 } });
  const { requestId, deadlineMono } = state.facts;
  const seconds = Math.ceil((deadlineMono - input.mono) / 1000);
  const timeoutSeconds = Math.min(Math.max(seconds, 1), ENGINE_LIMITS.waitSeconds);
  const stage = { kind: 'calling', version: access.user.version, sinceMono: input.mono, timeoutSeconds } as const;
  return turn({ ...state, stage }, [
    { type: 'gateway.wait', callId: callId('wait', requestId), request: { access, requestId, timeoutSeconds } },
  ]);
}

/** An accepted submission: from now on a decision counts. */
export function startWaiting(state: In<'Submitting'>, input: Timed, context: ArtifactContext): ArtifactTurn {
  const { facts, ack, withdrawal, submissionBegan } = state;
  const next: Awaiting = {
    name: 'AwaitingDecision',
    facts,
    ack,
    withdrawal,
    submissionBegan,
    failures: 0,
    refreshed: false,
    stage: { kind: 'pause' },
  };
  return callWait(next, input, context);
}

function pause(state: Awaiting, afterMs: number): ArtifactTurn {
  const set: EnforcerEffect = {
    type: 'timer.set',
    timerId: timerId('exchange.pause', state.facts.requestId),
    afterMs,
  };
  return turn({ ...state, stage: { kind: 'pause' } }, [set]);
}

function again(state: Awaiting, failure: GatewayFailure): ArtifactTurn {
  const failures = state.failures + 1;
  return pause({ ...state, failures }, backoffMs(failures, BOUNDS, failure.retryAfterMs));
}

/** The gateway's answer to a wait. A full hold is followed at once, anything else after at least a second (EXCH-150). */
export function waitAnswered(
  state: Awaiting,
  input: Extract<ArtifactInput, { readonly type: 'waited' }>,
  context: ArtifactContext,
): ArtifactTurn {
  const { outcome } = input;
  const { stage } = state;
  if (stage.kind !== 'calling') return turn(state);
  if (!outcome.ok) {
    const { failure } = outcome;
    return callRefused(state, { input, failure, context, again: () => again(state, failure) });
  }
  if (outcome.value.kind === 'delivered') return receive(state, { ...input, text: outcome.value.text }, context);
  const calm: Awaiting = { ...state, failures: 0, refreshed: false };
  const held = input.mono - stage.sinceMono >= stage.timeoutSeconds * 1000;
  if (held && outcome.value.pauseMs === 0) return callWait(calm, input, context);
  return pause(calm, backoffMs(1, BOUNDS, outcome.value.pauseMs));
}

/** The pause between two waits is over. */
export function pauseOver(state: Awaiting, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  return state.stage.kind === 'pause' ? callWait(state, input, context) : turn(state);
}
