import { backoffMs } from '../machine/backoff.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import { accessExpiry, type AuthState, durableAuth } from '../model/auth.js';
import type { GatewayFailure, Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import { oidcSignIn } from './device.js';
import type { AuthIn, AuthInput, AuthTurn } from './model.js';
import { expired, refreshTimer, signedIn } from './sign-in.js';

type Refreshing = AuthIn<'Refreshing'>;
type SignedIn = AuthIn<'SignedIn'>;
type Input<Type extends AuthInput['type']> = Extract<AuthInput, { readonly type: Type }>;

const BOUNDS = { minMs: ENGINE_LIMITS.refreshBackoffMinMs, maxMs: ENGINE_LIMITS.refreshBackoffMaxMs };

function callRefresh(state: Refreshing | SignedIn): readonly EnforcerEffect[] {
  const { gatewayUrl, credential, app } = state.signIn;
  if (credential.kind === 'pat') return [];
  const base = { gatewayUrl, idp: credential.idp, refreshToken: credential.refreshToken };
  const request = app === undefined ? base : { ...base, app };
  return [{ type: 'gateway.refresh', callId: callId('refresh', String(state.generation)), request }];
}

/** Begins the one refresh that may be under way (AUTH-120). */
export function startRefresh(state: SignedIn, cause: Refreshing['cause']): AuthTurn {
  const { generation, consent, consentCall, announced, signIn, refreshFailures } = state;
  const next: Refreshing = {
    name: 'Refreshing',
    generation,
    consent,
    consentCall,
    announced,
    signIn,
    cause,
    failures: refreshFailures,
    stage: { kind: 'calling' },
  };
  const effects = callRefresh(state);
  return effects.length === 0 ? turn(state) : turn<AuthState>(next, effects);
}

/**
 * A call was refused with 401. A PAT is over; a token is refreshed, unless it is itself the fruit of such a refresh a
 * moment ago: then refreshing will not help.
 */
export function unauthorized(state: SignedIn, input: Input<'unauthorized'>): AuthTurn {
  const { signIn } = state;
  if (input.version !== signIn.version) return turn(state);
  if (signIn.credential.kind === 'pat') return expired(state, input, 'unauthorized');
  const isFresh = signIn.renewedAt !== undefined && input.at - signIn.renewedAt < ENGINE_LIMITS.refreshEarlyMs;
  return isFresh ? expired(state, input, 'unauthorized') : startRefresh(state, 'unauthorized');
}

function isFinal(failure: GatewayFailure): boolean {
  if (failure.kind === 'unauthorized') return true;
  return failure.kind === 'rejected' && !failure.retryable && (failure.status ?? 500) < 500;
}

function backOff(state: Refreshing, failure: GatewayFailure, input: Timed): AuthTurn {
  const failures = state.failures + 1;
  const pauseMs = backoffMs(failures, BOUNDS, failure.retryAfterMs);
  const expiresAt = accessExpiry(state.signIn);
  const stillWorks = state.cause === 'early' && expiresAt !== null && input.at < expiresAt;
  // Asked again no later than the token ends, so that nothing is submitted with a dead one.
  const afterMs = stillWorks ? Math.min(pauseMs, expiresAt - input.at) : pauseMs;
  const again: EnforcerEffect = {
    type: 'timer.set',
    timerId: timerId('auth.refresh', String(state.generation)),
    afterMs,
  };
  const unreached = failure.kind === 'unreachable';
  if (!stillWorks) return turn<AuthState>({ ...state, failures, stage: { kind: 'backoff', unreached } }, [again]);
  const { generation, consent, consentCall, announced, signIn } = state;
  return turn<AuthState>(
    { name: 'SignedIn', generation, consent, consentCall, announced, signIn, refreshFailures: failures },
    [again],
  );
}

/** The token endpoint answered: save first, use afterwards. */
export function refreshed(state: Refreshing, input: Input<'refreshed'>): AuthTurn {
  const { stage, signIn, generation, cause } = state;
  const { credential } = signIn;
  if (input.key !== String(generation) || stage.kind !== 'calling' || credential.kind === 'pat') return turn(state);
  if (!input.outcome.ok) {
    const { failure } = input.outcome;
    return isFinal(failure) ? expired(state, input, 'unauthorized') : backOff(state, failure, input);
  }
  const { gatewayUrl, app, version } = signIn;
  const base = { gatewayUrl, version: version + 1, ...(app === undefined ? {} : { app }) };
  const renewed = oidcSignIn(base, { ...input.outcome.value, idp: credential.idp }, input);
  const next = cause === 'unauthorized' ? { ...renewed, renewedAt: input.at } : renewed;
  const persistId = `auth.save:${generation}.${next.version}.1`;
  return turn<AuthState>({ ...state, stage: { kind: 'saving', next, save: { persistId, attempt: 1 } } }, [
    { type: 'persist', persistId, record: { kind: 'auth', value: durableAuth(next) } },
  ]);
}

/** The new token is stored and in force. */
export function refreshSaved(state: Refreshing, input: Input<'saved'>): AuthTurn {
  const { stage, generation, consent, consentCall, announced } = state;
  if (stage.kind !== 'saving' || stage.save.persistId !== input.persistId) return turn(state);
  const next: SignedIn = {
    name: 'SignedIn',
    generation,
    consent,
    consentCall,
    announced,
    signIn: stage.next,
    refreshFailures: 0,
  };
  // A sign-in that waits for its first check was refused with 401: the check is repeated with the new token.
  const checked = announced && consentCall === null ? signedIn(next, stage.next, input) : turn<AuthState>(next);
  return turn(checked.state, [
    { type: 'audit.append', entry: { kind: 'auth.refreshed', at: input.at } },
    ...refreshTimer(stage.next, generation, input.at),
    ...checked.effects,
  ]);
}

/** The new token could not be stored, so it is not used: a few more attempts, then signed out. */
export function refreshSaveFailed(state: Refreshing, input: Input<'saveFailed'>): AuthTurn {
  const { stage, generation } = state;
  if (stage.kind !== 'saving' || stage.save.persistId !== input.persistId) return turn(state);
  if (stage.save.attempt >= ENGINE_LIMITS.persistAttempts) return expired(state, input, 'state_unwritable');
  return turn(state, [
    { type: 'timer.set', timerId: timerId('auth.save', String(generation)), afterMs: ENGINE_LIMITS.persistBackoffMs },
  ]);
}

/** Tries to store the new token again. */
export function refreshSaveAgain(state: Refreshing): AuthTurn {
  const { stage, generation } = state;
  if (stage.kind !== 'saving') return turn(state);
  const attempt = stage.save.attempt + 1;
  const persistId = `auth.save:${generation}.${stage.next.version}.${attempt}`;
  return turn<AuthState>({ ...state, stage: { ...stage, save: { persistId, attempt } } }, [
    { type: 'persist', persistId, record: { kind: 'auth', value: durableAuth(stage.next) } },
  ]);
}

/** The pause after a failed refresh is over. */
export function refreshAgain(state: Refreshing): AuthTurn {
  if (state.stage.kind !== 'backoff') return turn(state);
  return turn<AuthState>({ ...state, stage: { kind: 'calling' } }, callRefresh(state));
}
