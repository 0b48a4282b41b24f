import { act, type Cell, dispatch, ignore, type Table, turn } from '../machine/table.js';
import { type AuthState, durableAuth } from '../model/auth.js';
import type { EnforcerEffect } from '../model/effects.js';
import { timerId } from '../machine/names.js';
import { ENGINE_LIMITS } from '../model/config.js';
import { consentChecked, consentRefused, recheck } from './consent.js';
import {
  deviceExpiry,
  devicePolled,
  deviceSaveAgain,
  deviceSaved,
  deviceSaveFailed,
  deviceStarted,
  discovered,
  poll,
} from './device.js';
import type { AuthIn, AuthInput, AuthTurn } from './model.js';
import {
  refreshAgain,
  refreshed,
  refreshSaveAgain,
  refreshSaved,
  refreshSaveFailed,
  startRefresh,
  unauthorized,
} from './refresh.js';
import { failAttempt, restore, save, signOut, startSignIn } from './sign-in.js';

type Row<State extends AuthState> = {
  readonly [Type in AuthInput['type']]: Cell<State, Extract<AuthInput, { readonly type: Type }>, null, AuthTurn>;
};

const nothing = (why: string) => ignore<AuthState, never>(why);

const ANYWHERE = {
  signIn: act('AwaitingDevice, or SignedIn with a PAT; what was in force ends', startSignIn),
  signOut: act('SignedOut: revoke, erase', signOut),
};

const NO_DEVICE = {
  discovered: nothing('no attempt'),
  deviceStarted: nothing('no attempt'),
  devicePolled: nothing('no attempt'),
  poll: nothing('no attempt'),
  deviceExpiry: nothing('no attempt'),
};

const NO_SESSION = {
  refreshed: nothing('nothing to refresh'),
  consentChecked: nothing('answer to an older sign-in'),
  refreshDue: nothing('nothing to refresh'),
  consentDue: nothing('nobody waits'),
  unauthorized: nothing('answer to an older sign-in'),
  consentRefused: nothing('answer to an older sign-in'),
  recheckConsent: nothing('not signed in'),
};

/** Erasing the stored credential is tried again a few times; the sign-out holds whatever happens. */
function eraseAgain(state: AuthIn<'SignedOut'>, input: Extract<AuthInput, { readonly type: 'saveFailed' }>): AuthTurn {
  const attempt = Number(input.persistId.slice(input.persistId.lastIndexOf('.') + 1));
  const isMine = input.persistId === `auth.clear:${state.generation}.${attempt}`;
  if (!isMine || attempt >= ENGINE_LIMITS.persistAttempts) return turn<AuthState>(state);
  return turn<AuthState>(state, [save(state.generation, attempt + 1, null)]);
}

const SIGNED_OUT: Row<AuthIn<'SignedOut'>> = {
  ...ANYWHERE,
  ...NO_DEVICE,
  ...NO_SESSION,
  restore: act('SignedIn with what was stored: check it', restore),
  cancel: nothing('no attempt'),
  saved: nothing('erased'),
  saveFailed: act('erase again, three times at most', eraseAgain),
  saveDue: nothing('nothing to save'),
};

const AWAITING_DEVICE: Row<AuthIn<'AwaitingDevice'>> = {
  ...ANYWHERE,
  ...NO_SESSION,
  restore: nothing('only at the start'),
  cancel: act('SignedOut', (state) => failAttempt(state, 'cancelled')),
  discovered: act('request a device code; SignedOut if there is none to get', discovered),
  deviceStarted: act('show the code, poll', deviceStarted),
  devicePolled: act('poll again (5 s slower on slow_down), save tokens, or SignedOut', devicePolled),
  poll: act('ask', poll),
  deviceExpiry: act('SignedOut', deviceExpiry),
  saved: act('SignedIn: check consent', deviceSaved),
  saveFailed: act('save again later, SignedOut after 3', deviceSaveFailed),
  saveDue: act('save again', deviceSaveAgain),
};

function saveAgain({ generation, signIn }: AuthIn<'SignedIn'>): readonly EnforcerEffect[] {
  return [save(generation, 1, durableAuth(signIn))];
}

const SIGNED_IN: Row<AuthIn<'SignedIn'>> = {
  ...ANYWHERE,
  ...NO_DEVICE,
  restore: nothing('only at the start'),
  cancel: act('SignedOut if nobody confirmed it yet', (state, input) =>
    state.announced ? signOut(state, { ...input, type: 'signOut', after: [] }) : turn<AuthState>(state),
  ),
  refreshed: nothing('no refresh under way'),
  consentChecked: act('consent; Expired or Refreshing on 401', consentChecked),
  saved: nothing('a PAT is used at once'),
  saveFailed: act('save later', (state, input) =>
    input.persistId.startsWith(`auth.save:${state.generation}.`)
      ? turn<AuthState>(state, [
          {
            type: 'timer.set',
            timerId: timerId('auth.save', String(state.generation)),
            afterMs: ENGINE_LIMITS.resubmitMaxMs,
          },
        ])
      : turn<AuthState>(state),
  ),
  refreshDue: act('Refreshing', (state) => startRefresh(state, 'early')),
  consentDue: act('check consent', recheck),
  saveDue: act('save again', (state) => turn<AuthState>(state, saveAgain(state))),
  unauthorized: act('Refreshing (OIDC), Expired (PAT, or fresh from a refresh)', unauthorized),
  consentRefused: act('consent refused', consentRefused),
  recheckConsent: act('check consent', recheck),
};

const REFRESHING: Row<AuthIn<'Refreshing'>> = {
  ...ANYWHERE,
  ...NO_DEVICE,
  restore: nothing('only at the start'),
  cancel: act('SignedOut if nobody confirmed it yet', (state, input) =>
    state.announced ? signOut(state, { ...input, type: 'signOut', after: [] }) : turn<AuthState>(state),
  ),
  refreshed: act('save, then SignedIn; back off; Expired when refused', refreshed),
  consentChecked: act('consent', consentChecked),
  saved: act('SignedIn with the new token', refreshSaved),
  saveFailed: act('save again later, Expired after 3', refreshSaveFailed),
  refreshDue: act('ask again', refreshAgain),
  consentDue: nothing('after the refresh'),
  saveDue: act('save again', refreshSaveAgain),
  unauthorized: nothing('one refresh at a time'),
  consentRefused: act('consent refused', consentRefused),
  recheckConsent: nothing('after the refresh'),
};

const EXPIRED: Row<AuthIn<'Expired'>> = {
  ...ANYWHERE,
  ...NO_DEVICE,
  ...NO_SESSION,
  restore: nothing('only at the start'),
  cancel: nothing('no attempt'),
  saved: nothing('too late'),
  saveFailed: nothing('too late'),
  saveDue: nothing('too late'),
};

/** Decision table of the auth machine. */
export const AUTH_TABLE: Table<AuthState, AuthInput, null, AuthTurn> = {
  SignedOut: SIGNED_OUT,
  AwaitingDevice: AWAITING_DEVICE,
  SignedIn: SIGNED_IN,
  Refreshing: REFRESHING,
  Expired: EXPIRED,
};

/** One turn of the auth machine. */
export function stepAuth(state: AuthState, event: AuthInput): AuthTurn {
  return dispatch(AUTH_TABLE, { state, event, context: null });
}
