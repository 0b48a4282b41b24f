import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { AuthState, Consent } from '../model/auth.js';
import type { GatewayFailure, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import { consentOf } from '../artifact/failures.js';
import type { AuthIn, AuthInput, AuthTurn } from './model.js';
import { checkConsent, clearTimers, expired, failAttempt, save, tell } from './sign-in.js';
import { unauthorized } from './refresh.js';

type Session = AuthIn<'SignedIn'> | AuthIn<'Refreshing'>;
type Input<Type extends AuthInput['type']> = Extract<AuthInput, { readonly type: Type }>;
type Refused = Exclude<Consent, 'Unknown' | 'Allowed'>;

function changed(state: Session, consent: Consent, input: Timed): readonly EnforcerEffect[] {
  if (state.consent === consent) return [];
  return [{ type: 'audit.append', entry: { kind: 'auth.consent', at: input.at, outcome: consent } }];
}

function announceSignIn(state: Session, input: Timed): readonly EnforcerEffect[] {
  if (!state.announced) return [];
  const method = state.signIn.credential.kind;
  return [
    { type: 'audit.append', entry: { kind: 'auth.signed-in', at: input.at, outcome: method } },
    tell({ kind: 'signed-in', method }),
  ];
}

/** Consent is refused; a sign-in that waits asks again until the user decided. */
export function consentRefused<State extends Session>(
  state: State,
  input: Timed & { readonly consent: Refused; readonly consentUrl: string | null },
): AuthTurn {
  const { consent, consentUrl } = input;
  const next: AuthState = { ...state, consent, announced: state.announced && consent !== 'Denied' };
  const waits = state.announced && consent !== 'Denied';
  const timer: EnforcerEffect = {
    type: 'timer.set',
    timerId: timerId('auth.consent', String(state.generation)),
    afterMs: ENGINE_LIMITS.consentPollMs,
  };
  return turn(next, [
    ...changed(state, consent, input),
    ...(state.announced && state.consent !== consent ? [tell({ kind: 'consent', state: consent, consentUrl })] : []),
    ...(waits ? [timer] : []),
    ...(state.announced && consent === 'Denied' ? [tell({ kind: 'failed', code: 'consent_denied' })] : []),
  ]);
}

/** The first check of a PAT found nobody: nothing is kept. */
function unverified(state: Session, failure: GatewayFailure): AuthTurn {
  const ended = failAttempt(state, failure.kind === 'unreachable' ? 'unreachable' : 'gateway');
  return turn(ended.state, [...clearTimers(state.generation), save(state.generation + 1, 1, null), ...ended.effects]);
}

function checkFailed(state: Session, failure: GatewayFailure, input: Timed): AuthTurn {
  const consent = consentOf(failure);
  if (consent !== null) {
    return consentRefused(state, { at: input.at, mono: input.mono, consent, consentUrl: failure.consentUrl ?? null });
  }
  if (failure.kind === 'unauthorized') {
    if (state.signIn.credential.kind === 'pat') return expired(state, input, 'unauthorized');
    if (state.name === 'Refreshing') return turn<AuthState>(state);
    return unauthorized(state, { type: 'unauthorized', at: input.at, mono: input.mono, version: state.signIn.version });
  }
  if (!state.announced) return turn<AuthState>(state);
  if (state.signIn.credential.kind === 'pat') return unverified(state, failure);
  return turn<AuthState>({ ...state, announced: false }, announceSignIn(state, input));
}

/** The consent check answered; it also proves the credential. */
export function consentChecked<State extends Session>(state: State, input: Input<'consentChecked'>): AuthTurn {
  if (input.key !== String(state.generation)) return turn<AuthState>(state);
  const { outcome } = input;
  const answered: Session = { ...state, consentCall: null };
  if (!outcome.ok) return checkFailed(answered, outcome.failure, input);
  const consent: Consent = outcome.value.status === 'approved' ? 'Allowed' : 'Unknown';
  return turn<AuthState>({ ...answered, consent, announced: false }, [
    ...changed(state, consent, input),
    ...announceSignIn(state, input),
  ]);
}

/** Asks about consent again, one check at a time. */
export function recheck(state: AuthIn<'SignedIn'>): AuthTurn {
  if (state.consentCall !== null) return turn<AuthState>(state);
  const { generation, signIn } = state;
  return turn<AuthState>({ ...state, consentCall: callId('checkConsent', String(generation)) }, [
    checkConsent(signIn, generation),
  ]);
}
