import { type EnforcerEvent, type EnforcerState, type Exchange, step } from '@airlock/enforcer';
import { composeStep, DECISION_CHECKS, type DecisionCheck, pipelineOf } from '@airlock/enforcer/internal';
import { isJsonObject, parseJson } from '@airlock/protocol';
import type { StepFunction } from '../engine/frozen-step.js';
import type { HostileWorldOptions } from './actions.js';

/** An engine with one defect, and a world in which exploration must find it. */
export interface WeakenedEngine {
  readonly id: string;
  readonly defect: string;
  readonly world: HostileWorldOptions;
}

/** A pipeline without some steps of table 17.1. */
function withoutSteps(...steps: readonly number[]): StepFunction {
  return composeStep({ verifyDecision: pipelineOf(DECISION_CHECKS.filter((check) => !steps.includes(check.step))) });
}

function exchangeOf(state: EnforcerState, requestId: string): Exchange | undefined {
  return state.exchanges[requestId];
}

function deliveredText(event: EnforcerEvent): string | null {
  if (event.type === 'channel.message') return event.text;
  if (event.type !== 'gateway.wait.result' || !event.outcome.ok) return null;
  return event.outcome.value.kind === 'delivered' ? event.outcome.value.text : null;
}

function wordOf(text: string): unknown {
  const envelope = parseJson(text);
  return isJsonObject(envelope) && isJsonObject(envelope.body) ? envelope.body.decision : undefined;
}

/** Claims are judged by the time of the approval instead of now. */
const claimsWithoutDeadline: StepFunction = (state, event, ports) => {
  if (event.type === 'timer.fired') return { state, effects: [] };
  if (event.type !== 'execution.claim') return step(state, event, ports);
  const exchange = exchangeOf(state, event.requestId);
  const early =
    exchange?.name === 'Approved' ? { at: exchange.claimBefore - 1, mono: exchange.claimBeforeMono - 1 } : {};
  return step(state, { ...event, ...early }, ports);
};

/** A withdrawn request still takes a decision. */
const decidesAfterWithdrawal: StepFunction = (state, event, ports) => {
  if (deliveredText(event) === null) return step(state, event, ports);
  const revived = Object.entries(state.exchanges).map(([requestId, exchange]) => {
    if (exchange.name !== 'Withdrawn') return [requestId, exchange] as const;
    const { facts, ack, withdrawal, submissionBegan } = exchange;
    const common = { facts, ack, withdrawal, submissionBegan, failures: 0, refreshed: false };
    return [requestId, { ...common, name: 'AwaitingDecision', stage: { kind: 'pause' } }] as const;
  });
  return step({ ...state, exchanges: Object.fromEntries(revived) }, event, ports);
};

/** A second claim is granted again. */
const claimsTwice: StepFunction = (state, event, ports) => {
  const result = step(state, event, ports);
  if (event.type !== 'execution.claim') return result;
  const wasExecuted = exchangeOf(state, event.requestId)?.name === 'Executed';
  if (!wasExecuted) return result;
  return { ...result, effects: [...result.effects, { type: 'execution.grant', requestId: event.requestId }] };
};

/** An unsigned rejection is waited out instead of denying. */
const ignoresUnsignedRejections: StepFunction = (state, event, ports) => {
  const text = deliveredText(event);
  const isUnsigned = text !== null && wordOf(text) === 'reject' && !text.includes('"signature"');
  return isUnsigned ? { state, effects: [] } : step(state, event, ports);
};

/** A revocation is not heard. */
const deafToRevocation: StepFunction = (state, event, ports) =>
  deliveredText(event)?.includes('pairing.revoked') === true ? { state, effects: [] } : step(state, event, ports);

/** An approval counts before it is on record. */
const allowsBeforeRecording: StepFunction = (state, event, ports) => {
  const first = step(state, event, ports);
  const recording = first.effects.flatMap((effect) => (effect.type === 'journal.record' ? [effect.requestId] : []));
  return recording.reduce((result, requestId) => {
    const recorded = step(result.state, { type: 'journal.recorded', requestId, at: event.at, mono: event.mono }, ports);
    return { state: recorded.state, effects: [...result.effects, ...recorded.effects] };
  }, first);
};

/** The signature is checked only where there is one. */
function missingSignaturePasses(): StepFunction {
  const original = DECISION_CHECKS.find((check) => check.step === 10);
  const checks = DECISION_CHECKS.filter((check) => check.step !== 6).map((check) =>
    check.step === 10
      ? {
          step: 10,
          holds: (input: Parameters<DecisionCheck['holds']>[0]) =>
            input.subject.body.signature === undefined || original?.holds(input) === true,
        }
      : check,
  );
  return composeStep({ verifyDecision: pipelineOf(checks) });
}

const PLAIN = { requests: 1, harpRequired: false } as const;
const PAIR = { requests: 2, harpRequired: false, without: ['restart', 'jump', 'revoke', 'deny', 'lose'] } as const;

/** Engines with known defects. An exploration that does not find them proves nothing about the real one. */
export const WEAKENED_ENGINES: readonly WeakenedEngine[] = [
  { id: 'no-hash-check', defect: 'step 7 is skipped', world: { ...PAIR, step: withoutSteps(7) } },
  { id: 'any-key', defect: 'steps 8 and 10 are skipped', world: { ...PLAIN, step: withoutSteps(8, 10) } },
  { id: 'no-signature', defect: 'step 10 is skipped', world: { ...PLAIN, step: withoutSteps(10) } },
  { id: 'unsigned', defect: 'a missing signature passes', world: { ...PLAIN, step: missingSignaturePasses() } },
  {
    id: 'downgrade',
    defect: 'step 11 is skipped, so a stripped canonical decision loses its expiry',
    world: {
      requests: 1,
      harpRequired: true,
      without: ['restart', 'jump', 'revoke', 'deny', 'lose'],
      step: withoutSteps(11),
    },
  },
  {
    id: 'no-journal',
    defect: 'the journal forgets',
    world: {
      ...PLAIN,
      genuineOnly: true,
      without: ['jump', 'revoke', 'deny', 'lose', 'withdraw', 'pass'],
      forgetfulJournal: true,
    },
  },
  { id: 'no-deadline', defect: 'a claim ignores the deadline', world: { ...PLAIN, step: claimsWithoutDeadline } },
  {
    id: 'after-withdrawal',
    defect: 'a withdrawn request takes a decision',
    world: { ...PLAIN, step: decidesAfterWithdrawal },
  },
  { id: 'claim-twice', defect: 'a second claim is granted', world: { ...PLAIN, step: claimsTwice } },
  {
    id: 'soft-reject',
    defect: 'an unsigned rejection does not deny',
    world: { ...PLAIN, step: ignoresUnsignedRejections },
  },
  { id: 'deaf', defect: 'a revocation is ignored', world: { ...PLAIN, step: deafToRevocation } },
  {
    id: 'unrecorded',
    defect: 'an approval counts before it is recorded',
    world: { ...PLAIN, step: allowsBeforeRecording },
  },
];
