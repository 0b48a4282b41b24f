import { type Cell, act, dispatch, ignore, type Table, turn } from '../machine/table.js';
import { timerId } from '../machine/names.js';
import type { Exchange } from '../model/exchange.js';
import { claim, claimExpired, endingCode, executionOutcome, refuseClaim } from './claim.js';
import { notRecorded, receive, receiveEarly, receiveLate, recorded } from './decide.js';
import { end } from './ending.js';
import type {
  ArtifactContext,
  ArtifactInput,
  ArtifactSignal,
  ArtifactTurn,
  EndedExchange,
  In,
  LiveExchange,
} from './model.js';
import { resubmit, submissionAnswered, submit } from './submit.js';
import { callWait, pauseOver, waitAnswered } from './wait.js';
import { ownerOf, tryWithdraw } from './withdrawal.js';

type Row<State extends Exchange> = {
  readonly [Type in ArtifactInput['type']]: Cell<
    State,
    Extract<ArtifactInput, { readonly type: Type }>,
    ArtifactContext,
    ArtifactTurn
  >;
};

const nothing = (why: string) => ignore<Exchange, ArtifactSignal>(why);

function deadline(state: LiveExchange, input: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  const { requestId, deadlineMono, expiresAt } = state.facts;
  const left = Math.min(deadlineMono - input.mono, expiresAt - input.at);
  if (left > 0)
    return turn(state, [{ type: 'timer.set', timerId: timerId('exchange.deadline', requestId), afterMs: left }]);
  const where = { input, access: context.access };
  if (state.name === 'AwaitingDecision') {
    return end(state, { name: 'Expired', outcome: 'timeout', code: 'deadline_passed' }, where);
  }
  return end(state, { name: 'Expired', outcome: 'failed', code: 'gateway_unreachable' }, where);
}

/** Orders that close a request in every state in which it lives. */
const CLOSING = {
  withdraw: act(
    'Withdrawn: deny, withdraw at the gateway',
    (state: LiveExchange, input: Extract<ArtifactInput, { readonly type: 'withdraw' }>, context: ArtifactContext) =>
      end(state, { name: 'Withdrawn', outcome: 'withdrawn', code: input.code }, { input, access: context.access }),
  ),
  deny: act(
    'Denied: local policy, withdraw at the gateway',
    (state: LiveExchange, input: Extract<ArtifactInput, { readonly type: 'deny' }>, context: ArtifactContext) =>
      end(
        state,
        { name: 'Denied', outcome: 'policy', code: 'HARP_ERR_POLICY_DENY', reason: input.reason },
        { input, access: context.access },
      ),
  ),
  fail: act(
    'Failed: deny with its code, withdraw at the gateway',
    (state: LiveExchange, input: Extract<ArtifactInput, { readonly type: 'fail' }>, context: ArtifactContext) =>
      end(state, { name: 'Failed', outcome: 'failed', code: input.code }, { input, access: context.access }),
  ),
};

const NOT_RECORDING = {
  recorded: nothing('nothing is being recorded'),
  replayed: nothing('nothing is being recorded'),
  unavailable: nothing('nothing is being recorded'),
};

const UNDECIDED = {
  ...CLOSING,
  deadline: act('Expired: deny, withdraw at the gateway', deadline),
  'claim-expiry': nothing('nothing was approved'),
  claim: act(
    'refused',
    refuseClaim(() => 'not_approved'),
  ),
  outcome: nothing('nothing was granted'),
};

const CREATED: Row<In<'Created'>> = {
  ...UNDECIDED,
  ...NOT_RECORDING,
  access: act('Submitting: submit', (state, _input, { access }) =>
    access === null ? turn(state) : submit(state, access),
  ),
  submitted: nothing('nothing was sent'),
  waited: nothing('nothing was sent'),
  delivered: act('Denied if it rejects; else logged', receiveEarly),
  resubmit: nothing('nothing was sent'),
  'pause-over': nothing('nothing was sent'),
};

const SUBMITTING: Row<In<'Submitting'>> = {
  ...UNDECIDED,
  ...NOT_RECORDING,
  access: act('Submitting: resend after a refresh', (state, _input, { access }) => {
    const { stage } = state;
    const isNew = stage.kind === 'access' && access !== null && access.user.version !== stage.version;
    return isNew ? submit(state, access) : turn(state);
  }),
  submitted: act('AwaitingDecision: wait; or retry, refresh once, Failed', submissionAnswered),
  waited: nothing('not accepted yet'),
  delivered: act('Denied if it rejects; else logged', receiveEarly),
  resubmit: act('Submitting: the same envelope again', resubmit),
  'pause-over': nothing('not waiting yet'),
};

const AWAITING: Row<In<'AwaitingDecision'>> = {
  ...UNDECIDED,
  access: act('AwaitingDecision: wait again after a refresh', (state, input, context) => {
    const { stage } = state;
    const { access } = context;
    const isNew = stage.kind === 'access' && access !== null && access.user.version !== stage.version;
    return isNew ? callWait(state, input, context) : turn(state);
  }),
  submitted: nothing('accepted already'),
  waited: act('table 17.1, or wait again, refresh once, Failed', waitAnswered),
  delivered: act('table 17.1', receive),
  recorded: act('Approved, or Expired, Failed when too late', recorded),
  replayed: act('Denied: step 22', notRecorded(22)),
  unavailable: act('Denied: step 23', notRecorded(23)),
  resubmit: nothing('accepted already'),
  'pause-over': act('AwaitingDecision: wait', pauseOver),
};

const APPROVED: Row<In<'Approved'>> = {
  ...CLOSING,
  ...NOT_RECORDING,
  access: nothing('nothing to send'),
  submitted: nothing('accepted already'),
  waited: nothing('decided already'),
  delivered: act('logged; the first valid decision won', receiveLate),
  resubmit: nothing('accepted already'),
  'pause-over': nothing('decided already'),
  deadline: nothing('an approval has its own deadline'),
  'claim-expiry': act('Expired', claimExpired),
  claim: act('Executed: grant; Expired or Failed when too late or revoked', claim),
  outcome: nothing('nothing was granted'),
};

function lateSubmission(
  state: EndedExchange,
  input: Extract<ArtifactInput, { readonly type: 'submitted' }>,
  { access }: ArtifactContext,
): ArtifactTurn {
  if (!input.outcome.ok) return turn(state);
  const { withdrawal, effects } = tryWithdraw(ownerOf(state.facts.requestId), state.withdrawal, access);
  return turn({ ...state, withdrawal }, effects);
}

const ENDED: Row<EndedExchange> = {
  ...NOT_RECORDING,
  access: nothing('ended'),
  submitted: act('withdrawn again if it was accepted after all', lateSubmission),
  waited: act('logged if it brings a decision', (state: EndedExchange, input, context) => {
    const { outcome, at, mono } = input;
    if (!outcome.ok || outcome.value.kind !== 'delivered') return turn(state);
    return receiveLate(state, { at, mono, text: outcome.value.text }, context);
  }),
  delivered: act('logged', receiveLate),
  recorded: act('acknowledge the recorded rejection', (state) => {
    const { decision, facts } = state;
    if (decision === null) return turn<Exchange, ArtifactSignal>(state);
    return turn<Exchange, ArtifactSignal>(
      state,
      [],
      [{ kind: 'recorded', requestId: facts.requestId, msgId: decision.msgId }],
    );
  }),
  resubmit: nothing('ended'),
  'pause-over': nothing('ended'),
  deadline: nothing('ended'),
  'claim-expiry': nothing('ended'),
  claim: act('refused', (state, input) => refuseClaim(() => endingCode(state))(state, input)),
  outcome: nothing('nothing was granted'),
  withdraw: nothing('ended'),
  deny: nothing('ended'),
  fail: nothing('ended'),
};

const EXECUTED: Row<In<'Executed'>> = {
  ...NOT_RECORDING,
  access: nothing('used'),
  submitted: nothing('used'),
  waited: nothing('used'),
  delivered: act('logged', receiveLate),
  resubmit: nothing('used'),
  'pause-over': nothing('used'),
  deadline: nothing('used'),
  'claim-expiry': nothing('used'),
  claim: act(
    'refused',
    refuseClaim(() => 'already_executed'),
  ),
  outcome: act('recorded once', executionOutcome),
  withdraw: nothing('used'),
  deny: nothing('used'),
  fail: nothing('used'),
};

/** Decision table of the artifact machine (ENF-080). */
export const ARTIFACT_TABLE: Table<Exchange, ArtifactInput, ArtifactContext, ArtifactTurn> = {
  Created: CREATED,
  Submitting: SUBMITTING,
  AwaitingDecision: AWAITING,
  Approved: APPROVED,
  Denied: ENDED,
  Expired: ENDED,
  Withdrawn: ENDED,
  Failed: ENDED,
  Executed: EXECUTED,
};

/** One turn of an artifact machine. */
export function stepArtifact(state: Exchange, event: ArtifactInput, context: ArtifactContext): ArtifactTurn {
  return dispatch(ARTIFACT_TABLE, { state, event, context });
}
