import { act, type Cell, dispatch, ignore, type Table, turn } from '../machine/table.js';
import type { PairingState } from '../model/pairing.js';
import { expiry, poll, status } from './check.js';
import { approvedByOld, cancel, confirm, recoveryCreated, saveAgain, saved, saveFailed } from './confirm.js';
import type { PairingContext, PairingIn, PairingInput, PairingSignal, PairingTurn } from './model.js';
import { opened, recoveryVerified, start, startAgain } from './open.js';
import { attemptOf, dropAgain, refuse, revoke, unpair } from './rest.js';

type Row<State extends PairingState> = {
  readonly [Type in PairingInput['type']]: Cell<
    State,
    Extract<PairingInput, { readonly type: Type }>,
    PairingContext,
    PairingTurn
  >;
};

const nothing = (why: string) => ignore<PairingState, PairingSignal>(why);

const ALWAYS = {
  revoke: act('the pairing in force is dropped; Revoked', revoke),
  unpair: act('Unpaired: the pin stays', unpair),
};

const NO_CONFIRMATION = {
  recoveryCreated: nothing('not asked for'),
  confirm: nothing('not asked for'),
  approvedByOld: nothing('not asked for'),
  saveDue: nothing('nothing to save'),
};

const RESTING = {
  ...ALWAYS,
  ...NO_CONFIRMATION,
  start: act('Initiated or Claimed: open a session', start),
  opened: nothing('no attempt'),
  status: nothing('no attempt'),
  recoveryVerified: nothing('no attempt'),
  cancel: nothing('no attempt'),
  saved: nothing('already in force'),
  saveFailed: act('drop again, three times at most', dropAgain),
  poll: nothing('no attempt'),
  expiry: nothing('no attempt'),
  abandon: nothing('no attempt'),
};

function stop(reason: 'cancelled' | null) {
  return (
    state: PairingIn<'Initiated'> | PairingIn<'Claimed'> | PairingIn<'AwaitingConfirm'>,
    input: PairingInput,
    { access }: PairingContext,
  ): PairingTurn => {
    const pairingId = attemptOf(state) ?? '';
    const given = input.type === 'abandon' ? input.reason : 'cancelled';
    const token = state.name === 'AwaitingConfirm' ? { routingToken: state.candidate.record.routingToken } : {};
    return refuse(state, { pairingId, reason: reason ?? given, ...token }, { input, access });
  };
}

const OPEN: Row<PairingIn<'Initiated'> | PairingIn<'Claimed'>> = {
  ...ALWAYS,
  ...NO_CONFIRMATION,
  start: act('refused; the first attempt goes on', startAgain),
  opened: act('show code, poll; or back with the reason', opened),
  status: act('poll again, or check the answer (PAIR-190) once', status),
  recoveryVerified: act('open the session, or back: wrong code', recoveryVerified),
  cancel: act('back to what was', stop('cancelled')),
  saved: nothing('nothing is being stored'),
  saveFailed: act('drop again, three times at most', dropAgain),
  poll: act('ask for the status', poll),
  expiry: act('Expired', expiry),
  abandon: act('back to what was', stop(null)),
};

const CONFIRMING: Row<PairingIn<'AwaitingConfirm'>> = {
  ...ALWAYS,
  start: act('refused; the first attempt goes on', startAgain),
  opened: nothing('answered already'),
  status: nothing('one answer per secret'),
  recoveryVerified: nothing('checked already'),
  recoveryCreated: act('store the pairing', recoveryCreated),
  confirm: act('go on, or back: declined', confirm),
  cancel: act('back to what was', cancel),
  approvedByOld: act('go on, if it names this key', approvedByOld),
  saved: act('Paired', saved),
  saveFailed: act('store again later, back after 3', saveFailed),
  poll: nothing('one answer per secret'),
  expiry: act('Expired, unless it is being stored', (state, input, context) =>
    state.stage.kind === 'saving' ? turn<PairingState, PairingSignal>(state) : expiry(state, input, context),
  ),
  saveDue: act('store again', saveAgain),
  abandon: act('back to what was', stop(null)),
};

/** Decision table of the pairing machine of one workspace. */
export const PAIRING_TABLE: Table<PairingState, PairingInput, PairingContext, PairingTurn> = {
  Unpaired: RESTING,
  Initiated: OPEN,
  Claimed: OPEN,
  AwaitingConfirm: CONFIRMING,
  Paired: RESTING,
  Revoked: RESTING,
  Expired: RESTING,
};

function isForeign(state: PairingState, event: PairingInput): boolean {
  return 'pairingId' in event && event.pairingId !== attemptOf(state);
}

/** One turn of a pairing machine. What belongs to another attempt changes nothing. */
export function stepPairing(state: PairingState, event: PairingInput, context: PairingContext): PairingTurn {
  return isForeign(state, event) ? turn(state) : dispatch(PAIRING_TABLE, { state, event, context });
}
