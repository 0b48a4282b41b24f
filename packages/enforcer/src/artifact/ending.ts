import type { DecisionRefusal } from '../decision/verify.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Access, Timed } from '../model/base.js';
import type { DenyCode } from '../model/codes.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { Exchange, VerifiedDecision } from '../model/exchange.js';
import type { DecidedOutcome } from '../model/progress.js';
import type { ArtifactTurn, EndedExchange, LiveExchange } from './model.js';
import { ownerOf, tryWithdraw } from './withdrawal.js';

/** How a request ends without an execution. */
export interface EndingOrder {
  readonly name: EndedExchange['name'];
  readonly outcome: Exclude<DecidedOutcome, 'approved'>;
  readonly code: DenyCode;
  readonly reason?: string | null;
  readonly refusal?: DecisionRefusal;
  /** A verified rejection: the gateway knows it, so nothing is withdrawn. */
  readonly decision?: VerifiedDecision;
}

/** Where and when a request ends. */
export interface EndingContext {
  readonly input: Timed;
  readonly access: Access | null;
}

const TIMERS = ['exchange.deadline', 'exchange.resubmit', 'exchange.pause', 'exchange.claim'] as const;

function waitingCall(state: LiveExchange): readonly EnforcerEffect[] {
  if (state.name !== 'AwaitingDecision' || state.stage.kind !== 'calling') return [];
  return [{ type: 'gateway.cancel', callId: callId('wait', state.facts.requestId) }];
}

/** Of what never left there is nothing to withdraw. */
function isAtGateway(state: LiveExchange): boolean {
  return (state.name === 'Submitting' && state.submissionBegan) || state.name === 'AwaitingDecision';
}

function announcement(state: LiveExchange, order: EndingOrder): readonly EnforcerEffect[] {
  // An approval was announced already; what is left of it is refused when it is claimed.
  if (state.name === 'Approved') return [];
  const { code, outcome, reason, refusal } = order;
  return [
    {
      type: 'notify.request',
      requestId: state.facts.requestId,
      progress: {
        kind: 'decided',
        verdict: 'deny',
        outcome,
        code,
        ...(reason === undefined || reason === null ? {} : { reason }),
        ...(refusal === undefined ? {} : { refusal: { step: refusal.step, reason: refusal.reason } }),
        submissionBegan: state.submissionBegan,
      },
    },
  ];
}

function withdrawn(state: LiveExchange, order: EndingOrder, access: Access | null) {
  const wanted = isAtGateway(state) && order.decision === undefined && order.code !== 'pairing_revoked';
  if (!wanted) return { withdrawal: null, effects: [] };
  return tryWithdraw(ownerOf(state.facts.requestId), null, access);
}

/** Ends a request: timers, calls and exchange closed, the caller told, the reason on record. */
export function end(state: LiveExchange, order: EndingOrder, { input, access }: EndingContext): ArtifactTurn {
  const { facts, ack, submissionBegan } = state;
  const { requestId, workspaceId, artifactHash } = facts;
  const { outcome, code, decision } = order;
  const { withdrawal, effects: calls } = withdrawn(state, order, access);
  const next: Exchange = {
    name: order.name,
    facts,
    ack,
    withdrawal,
    submissionBegan,
    ending: { outcome, code },
    decision: decision ?? null,
  };
  return turn(next, [
    ...TIMERS.map((name) => ({ type: 'timer.clear', timerId: timerId(name, requestId) }) as const),
    ...waitingCall(state),
    {
      type: 'audit.append',
      entry: {
        kind: 'request.decided',
        at: input.at,
        requestId,
        workspaceId,
        artifactHash,
        outcome,
        code,
        verdict: 'deny',
      },
    },
    ...announcement(state, order),
    ...calls,
    { type: 'timer.set', timerId: timerId('exchange.forget', requestId), afterMs: ENGINE_LIMITS.forgetMs },
  ]);
}
