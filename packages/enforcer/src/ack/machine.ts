import { formatTime, parseEnforcerId, parseMsgId, parseRequestId } from '@airlock/protocol';
import type { AckState } from '../model/ack.js';
import type { Access, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { ExchangeFacts } from '../model/exchange.js';
import type { GatewayCalls } from '../model/gateway-calls.js';
import type { Outcome } from '../model/base.js';
import { backoffMs } from '../machine/backoff.js';
import { callId, timerId } from '../machine/names.js';
import { act, dispatch, ignore, type Table, turn, type Turn } from '../machine/table.js';

/** What an ack machine hears. */
export type AckInput = Timed &
  (
    | { readonly type: 'due'; readonly msgId: string }
    | { readonly type: 'answered'; readonly outcome: Outcome<GatewayCalls['ack']['response']> }
    | { readonly type: 'retry' }
    | { readonly type: 'stop' }
  );

/** What an ack machine reads besides. */
export interface AckContext {
  readonly facts: ExchangeFacts;
  readonly access: Access | null;
}

type AckTurn = Turn<AckState, never>;
type Due = Extract<AckState, { readonly name: 'Due' }>;

function attempt(state: Due, input: AckInput, { facts, access }: AckContext): AckTurn {
  const attempts = state.attempts + 1;
  if (access === null) return failed({ ...state, attempts, inFlight: false }, input, facts);
  const sentAt = formatTime(input.at);
  const effect: EnforcerEffect = {
    type: 'gateway.ack',
    callId: callId('ack', facts.requestId),
    request: {
      access,
      envelope: {
        msgId: parseMsgId(facts.ackMsgId),
        msgType: 'ack.submit',
        requestId: parseRequestId(facts.requestId),
        createdAt: sentAt,
        sender: { enforcerId: parseEnforcerId(facts.enforcerId) },
        body: { msgId: parseMsgId(state.msgId), status: 'processed', ackAt: sentAt },
      },
    },
  };
  return turn<AckState>({ ...state, attempts, inFlight: true }, [effect]);
}

function failed(state: Due, input: AckInput, facts: ExchangeFacts): AckTurn {
  if (state.attempts >= ENGINE_LIMITS.ackAttempts) {
    const { requestId, workspaceId } = facts;
    return turn<AckState>({ name: 'GaveUp' }, [
      { type: 'audit.append', entry: { kind: 'ack.gave-up', at: input.at, requestId, workspaceId } },
    ]);
  }
  const bounds = { minMs: ENGINE_LIMITS.ackBackoffMs, maxMs: ENGINE_LIMITS.pauseMaxMs };
  return turn<AckState>({ ...state, inFlight: false }, [
    {
      type: 'timer.set',
      timerId: timerId('ack.retry', facts.requestId),
      afterMs: backoffMs(state.attempts, bounds),
    },
  ]);
}

function giveUp(_state: AckState, _input: AckInput, { facts }: AckContext): AckTurn {
  return turn<AckState>({ name: 'GaveUp' }, [{ type: 'timer.clear', timerId: timerId('ack.retry', facts.requestId) }]);
}

const nothing = (why: string) => ignore<AckState, never>(why);

/** Decision table of the ack machine: fire and forget with bounded retries (ACK-050). */
export const ACK_TABLE: Table<AckState, AckInput, AckContext, AckTurn> = {
  Idle: {
    due: act('Due: send', (_state, input, context) =>
      attempt({ name: 'Due', msgId: input.msgId, attempts: 0, inFlight: false }, input, context),
    ),
    answered: nothing('nothing was sent'),
    retry: nothing('nothing is due'),
    stop: nothing('nothing is due'),
  },
  Due: {
    due: nothing('one ack per decision'),
    answered: act('Sent, or Due: pause and send again, or GaveUp after 5', (state, input, { facts }) =>
      input.outcome.ok ? turn<AckState>({ name: 'Sent' }) : failed(state, input, facts),
    ),
    retry: act('Due: send again', (state, input, context) =>
      state.inFlight ? turn<AckState>(state) : attempt(state, input, context),
    ),
    stop: act('GaveUp', giveUp),
  },
  Sent: {
    due: nothing('already sent'),
    answered: nothing('already sent'),
    retry: nothing('already sent'),
    stop: nothing('already sent'),
  },
  GaveUp: {
    due: nothing('gave up'),
    answered: nothing('gave up'),
    retry: nothing('gave up'),
    stop: nothing('gave up'),
  },
};

/** One turn of an ack machine. */
export function stepAck(state: AckState, event: AckInput, context: AckContext): AckTurn {
  return dispatch(ACK_TABLE, { state, event, context });
}
