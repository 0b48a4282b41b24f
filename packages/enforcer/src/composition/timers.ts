import { isOpen } from '../artifact/reported.js';
import { orphanOwner, ownerOf, tryWithdraw } from '../artifact/withdrawal.js';
import { lookup, withMember, withoutMember } from '../machine/record.js';
import { splitId, timerId, type TimerName } from '../machine/names.js';
import type { Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EventOf } from '../model/events.js';
import { currentAccess } from './access.js';
import { amend, type Draft, runAck, runArtifact, runAuth, runPresence } from './draft.js';
import { toAttempt } from './pairing-events.js';

type Fire = (draft: Draft, key: string, now: Timed) => Draft;

const auth =
  (type: 'poll' | 'deviceExpiry' | 'refreshDue' | 'consentDue' | 'saveDue'): Fire =>
  (draft, key, { at, mono }) =>
    key === String(draft.state.auth.generation) ? runAuth(draft, { type, at, mono }) : draft;

const pairing =
  (type: 'poll' | 'expiry' | 'saveDue'): Fire =>
  (draft, pairingId, { at, mono }) =>
    toAttempt(draft, pairingId, { type, at, mono, pairingId });

const presence =
  (type: 'reconnect' | 'heartbeat'): Fire =>
  (draft, workspaceId, { at, mono }) =>
    runPresence(draft, workspaceId, { type, at, mono });

const artifact =
  (type: 'deadline' | 'resubmit' | 'pause-over' | 'claim-expiry'): Fire =>
  (draft, requestId, { at, mono }) =>
    runArtifact(draft, requestId, { type, at, mono });

const withdrawAgain: Fire = (draft, requestId, { at }) => {
  const { state } = draft;
  const exchange = lookup(state.exchanges, requestId);
  if (exchange === undefined || exchange.withdrawal === null) return draft;
  const { withdrawal, effects } = tryWithdraw(ownerOf(requestId), exchange.withdrawal, currentAccess(state, at));
  return amend(
    draft,
    { ...state, exchanges: withMember(state.exchanges, requestId, { ...exchange, withdrawal }) },
    effects,
  );
};

const orphanAgain: Fire = (draft, requestId, { at }) => {
  const { state } = draft;
  const orphan = lookup(state.orphans, requestId);
  if (orphan === undefined) return draft;
  const { withdrawal, effects } = tryWithdraw(orphanOwner(requestId), orphan, currentAccess(state, at));
  const orphans =
    withdrawal === null ? withoutMember(state.orphans, requestId) : withMember(state.orphans, requestId, withdrawal);
  return amend(draft, { ...state, orphans }, effects);
};

/** A finished request is remembered for a while, and as long as its ack or withdrawal is under way. */
const forget: Fire = (draft, requestId) => {
  const { state } = draft;
  const exchange = lookup(state.exchanges, requestId);
  if (exchange === undefined) return draft;
  const isBusy = isOpen(exchange) || exchange.ack.name === 'Due' || exchange.withdrawal !== null;
  if (!isBusy) return amend(draft, { ...state, exchanges: withoutMember(state.exchanges, requestId) });
  return amend(draft, state, [
    { type: 'timer.set', timerId: timerId('exchange.forget', requestId), afterMs: ENGINE_LIMITS.forgetMs },
  ]);
};

const FIRE: { readonly [Name in TimerName]: Fire } = {
  'auth.poll': auth('poll'),
  'auth.device-expiry': auth('deviceExpiry'),
  'auth.refresh': auth('refreshDue'),
  'auth.consent': auth('consentDue'),
  'auth.save': auth('saveDue'),
  'pairing.poll': pairing('poll'),
  'pairing.expiry': pairing('expiry'),
  'pairing.save': pairing('saveDue'),
  'presence.reconnect': presence('reconnect'),
  'presence.heartbeat': presence('heartbeat'),
  'exchange.deadline': artifact('deadline'),
  'exchange.resubmit': artifact('resubmit'),
  'exchange.pause': artifact('pause-over'),
  'exchange.claim': artifact('claim-expiry'),
  'exchange.withdraw': withdrawAgain,
  'exchange.forget': forget,
  'orphan.withdraw': orphanAgain,
  'ack.retry': (draft, requestId, { at, mono }) => runAck(draft, requestId, { type: 'retry', at, mono }),
};

function isTimerName(name: string): name is TimerName {
  return Object.hasOwn(FIRE, name);
}

/** Hands a timer to the machine that set it; an unknown one changes nothing. */
export function timerFired(draft: Draft, event: EventOf<'timer.fired'>): Draft {
  const { name, key } = splitId(event.timerId);
  return isTimerName(name) ? FIRE[name](draft, key, event) : draft;
}
