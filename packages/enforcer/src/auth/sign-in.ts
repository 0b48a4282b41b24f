import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import { accessExpiry, type AuthState, durableAuth, type SignIn } from '../model/auth.js';
import type { Access, EpochMs, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { DurableAuth } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { AuthFailure, AuthProgress } from '../model/progress.js';
import type { AuthIn, AuthInput, AuthTurn } from './model.js';

/** A progress line for whoever signs in. */
export function tell(progress: AuthProgress): EnforcerEffect {
  return { type: 'notify.auth', progress };
}

/** What authenticates a call of this sign-in. */
export function accessOf(signIn: SignIn): Access {
  const { gatewayUrl, credential, app, version } = signIn;
  const user =
    credential.kind === 'pat'
      ? ({ kind: 'pat', pat: credential.pat, version } as const)
      : ({ kind: 'oidc', accessToken: credential.accessToken, version } as const);
  return app === undefined ? { gatewayUrl, user } : { gatewayUrl, user, app };
}

/** Timers of any attempt or session. */
export function clearTimers(generation: number): readonly EnforcerEffect[] {
  const key = String(generation);
  const names = ['auth.poll', 'auth.device-expiry', 'auth.refresh', 'auth.consent', 'auth.save'] as const;
  return names.map((name) => ({ type: 'timer.clear', timerId: timerId(name, key) }));
}

/** Writes a sign-in, or its absence, to stable storage. */
export function save(generation: number, attempt: number, value: DurableAuth | null): EnforcerEffect {
  const what = value === null ? 'clear' : 'save';
  return { type: 'persist', persistId: `auth.${what}:${generation}.${attempt}`, record: { kind: 'auth', value } };
}

/** Asks whether the app may act for the user; with a wrong credential the answer is 401. */
export function checkConsent(signIn: SignIn, generation: number): EnforcerEffect {
  return {
    type: 'gateway.checkConsent',
    callId: callId('checkConsent', String(generation)),
    request: { access: accessOf(signIn) },
  };
}

/** When to refresh: 60 s before the access token ends; null for a PAT. */
export function refreshTimer(signIn: SignIn, generation: number, at: EpochMs): readonly EnforcerEffect[] {
  const expiresAt = accessExpiry(signIn);
  if (expiresAt === null) return [];
  const afterMs = Math.max(expiresAt - ENGINE_LIMITS.refreshEarlyMs - at, 0);
  return [{ type: 'timer.set', timerId: timerId('auth.refresh', String(generation)), afterMs }];
}

/** Enters `SignedIn` with a credential that is stored or, for a PAT, being stored. */
export function signedIn(from: AuthState, signIn: SignIn, input: Timed): AuthTurn {
  const { generation } = from;
  const key = callId('checkConsent', String(generation));
  const next: AuthState = {
    name: 'SignedIn',
    generation,
    consent: from.consent,
    announced: from.announced,
    consentCall: key,
    signIn,
    refreshFailures: 0,
  };
  return turn(next, [...refreshTimer(signIn, generation, input.at), checkConsent(signIn, generation)]);
}

/** Ends an attempt or a session without a credential. */
export function signedOut(from: AuthState, effects: readonly EnforcerEffect[] = []): AuthTurn {
  const next: AuthState = {
    name: 'SignedOut',
    generation: from.generation + 1,
    consent: 'Unknown',
    consentCall: null,
    announced: false,
  };
  return turn(next, [...clearTimers(from.generation), ...effects]);
}

/** Ends an attempt and tells why. */
export function failAttempt(from: AuthState, code: AuthFailure): AuthTurn {
  return signedOut(from, [tell({ kind: 'failed', code })]);
}

/** A credential the gateway will not take any more. It stays stored: a restart may try it once again. */
export function expired(from: AuthIn<'SignedIn'> | AuthIn<'Refreshing'>, input: Timed, reason: AuthFailure): AuthTurn {
  const next: AuthState = {
    name: 'Expired',
    generation: from.generation + 1,
    consent: from.consent,
    consentCall: null,
    announced: false,
    gatewayUrl: from.signIn.gatewayUrl,
    reason,
  };
  return turn(next, [
    ...clearTimers(from.generation),
    { type: 'audit.append', entry: { kind: 'auth.expired', at: input.at, code: reason } },
    ...(from.announced ? [tell({ kind: 'failed', code: reason })] : []),
  ]);
}

function revocation(
  from: AuthState,
  input: Extract<AuthInput, { readonly type: 'signOut' }>,
): readonly EnforcerEffect[] {
  if (from.name !== 'SignedIn' && from.name !== 'Refreshing') return [];
  const { credential, gatewayUrl, app } = from.signIn;
  if (credential.kind === 'pat') return [];
  const { idp, refreshToken } = credential;
  const base = { gatewayUrl, idp, refreshToken, after: input.after };
  const request = app === undefined ? base : { ...base, app };
  return [{ type: 'gateway.logout', callId: callId('logout', String(from.generation)), request }];
}

/** Sign-out from any state: at once, whatever the gateway and the disk say (LOC-065). */
export function signOut(from: AuthState, input: Extract<AuthInput, { readonly type: 'signOut' }>): AuthTurn {
  const cancelled = from.announced ? [tell({ kind: 'failed', code: 'cancelled' })] : [];
  return signedOut(from, [
    save(from.generation + 1, 1, null),
    ...revocation(from, input),
    { type: 'audit.append', entry: { kind: 'auth.signed-out', at: input.at } },
    ...cancelled,
    tell({ kind: 'signed-out' }),
  ]);
}

/** Starts a new sign-in from any state; what was in force ends at once. */
export function startSignIn(from: AuthState, input: Extract<AuthInput, { readonly type: 'signIn' }>): AuthTurn {
  const { gatewayUrl, method, app } = input;
  const generation = from.generation + 1;
  const superseded = [
    ...clearTimers(from.generation),
    ...(from.announced ? [tell({ kind: 'failed', code: 'cancelled' })] : []),
  ];
  const common = { generation, consent: 'Unknown', consentCall: null, announced: true } as const;
  if (method.kind === 'pat') {
    const credential = { kind: 'pat', pat: method.pat } as const;
    const base = { gatewayUrl, credential, version: 0 };
    const signIn: SignIn = app === undefined ? base : { ...base, app };
    const entered = signedIn({ name: 'SignedOut', ...common }, signIn, input);
    return turn(entered.state, [...superseded, save(generation, 1, durableAuth(signIn)), ...entered.effects]);
  }
  const base = { ...common, name: 'AwaitingDevice', gatewayUrl, stage: { kind: 'discovering' } } as const;
  return turn<AuthState>(app === undefined ? base : { ...base, app }, [
    ...superseded,
    { type: 'gateway.discover', callId: callId('discover', String(generation)), request: { gatewayUrl } },
  ]);
}

/** Takes up a stored sign-in after a restart. */
export function restore(from: AuthState, input: Extract<AuthInput, { readonly type: 'restore' }>): AuthTurn {
  const { durable } = input;
  return durable === null ? turn(from) : signedIn(from, { ...durable, version: 0 }, input);
}
