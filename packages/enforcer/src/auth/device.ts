import { isSafeVerificationUri } from '@airlock/protocol';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import { type DeviceStage, durableAuth, type SignIn } from '../model/auth.js';
import type { Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { IdentityProvider, Tokens } from '../model/gateway-calls.js';
import type { AuthIn, AuthInput, AuthTurn } from './model.js';
import { clearTimers, failAttempt, save, signedIn, tell } from './sign-in.js';

type Device = AuthIn<'AwaitingDevice'>;
type Polling = Extract<DeviceStage, { readonly kind: 'polling' }>;
type Input<Type extends AuthInput['type']> = Extract<AuthInput, { readonly type: Type }>;

function withApp<T extends object>(state: Device, request: T) {
  return state.app === undefined ? request : { ...request, app: state.app };
}

function isMine(state: Device, input: { readonly key: string }): boolean {
  return input.key === String(state.generation);
}

/** Discovery named the identity provider; none means that interactive sign-in is off (GW-310). */
export function discovered(state: Device, input: Input<'discovered'>): AuthTurn {
  if (!isMine(state, input) || state.stage.kind !== 'discovering') return turn(state);
  if (!input.outcome.ok) {
    return failAttempt(state, input.outcome.failure.kind === 'unreachable' ? 'unreachable' : 'gateway');
  }
  const { idp } = input.outcome.value;
  if (idp.baseUrl === '') return failAttempt(state, 'interactive_sign_in_off');
  const request = withApp(state, { gatewayUrl: state.gatewayUrl, idp });
  return turn({ ...state, stage: { kind: 'requesting', idp } }, [
    { type: 'gateway.startDevice', callId: callId('startDevice', String(state.generation)), request },
  ]);
}

function pollTimer(state: Device, intervalMs: number): EnforcerEffect {
  return { type: 'timer.set', timerId: timerId('auth.poll', String(state.generation)), afterMs: intervalMs };
}

/** The codes are there: show them, then poll at the interval (AUTH-140). */
export function deviceStarted(state: Device, input: Input<'deviceStarted'>): AuthTurn {
  const { stage } = state;
  if (!isMine(state, input) || stage.kind !== 'requesting') return turn(state);
  if (!input.outcome.ok) return failAttempt(state, 'gateway');
  const { deviceCode, userCode, verificationUri, verificationUriComplete, expiresInSeconds, intervalSeconds } =
    input.outcome.value;
  const complete = verificationUriComplete ?? null;
  // The user or a shell opens these: nothing but the alphabet of AUTH-210 may get there.
  if (!isSafeVerificationUri(verificationUri)) return failAttempt(state, 'bad_verification_uri');
  if (complete !== null && !isSafeVerificationUri(complete)) return failAttempt(state, 'bad_verification_uri');
  const lifetimeMs = Math.min(Math.max(expiresInSeconds, 1), 3600) * 1000;
  const intervalMs = Math.min(Math.max(intervalSeconds, 1), 60) * 1000;
  const polling: Polling = {
    kind: 'polling',
    idp: stage.idp,
    deviceCode,
    intervalMs,
    expiresMono: input.mono + lifetimeMs,
    inFlight: false,
  };
  return turn({ ...state, stage: polling }, [
    tell({
      kind: 'verification',
      userCode,
      verificationUri,
      verificationUriComplete: complete,
      expiresAt: input.at + lifetimeMs,
    }),
    { type: 'timer.set', timerId: timerId('auth.device-expiry', String(state.generation)), afterMs: lifetimeMs },
    pollTimer(state, intervalMs),
  ]);
}

/** Time to ask once more. */
export function poll(state: Device): AuthTurn {
  const { stage } = state;
  if (stage.kind !== 'polling' || stage.inFlight) return turn(state);
  const { idp, deviceCode } = stage;
  const request = withApp(state, { gatewayUrl: state.gatewayUrl, idp, deviceCode });
  return turn({ ...state, stage: { ...stage, inFlight: true } }, [
    { type: 'gateway.pollDevice', callId: callId('pollDevice', String(state.generation)), request },
  ]);
}

/** A sign-in made of tokens. */
export function oidcSignIn(
  base: Pick<SignIn, 'gatewayUrl' | 'app' | 'version'>,
  tokens: Tokens & { readonly idp: IdentityProvider },
  input: Timed,
): SignIn {
  const { idp, accessToken, refreshToken, expiresInSeconds } = tokens;
  const expiresAt = input.at + Math.max(expiresInSeconds, 0) * 1000;
  return { ...base, credential: { kind: 'oidc', idp, accessToken, refreshToken, expiresAt } };
}

function granted(state: Device, polling: Polling, input: Timed & { readonly tokens: Tokens }): AuthTurn {
  const { gatewayUrl, generation } = state;
  const base = withApp(state, { gatewayUrl, version: 0 });
  const signIn = oidcSignIn(base, { ...input.tokens, idp: polling.idp }, input);
  const effect = save(generation, 1, durableAuth(signIn));
  const persistId = effect.type === 'persist' ? effect.persistId : '';
  return turn({ ...state, stage: { kind: 'saving', signIn, save: { persistId, attempt: 1 } } }, [
    ...clearTimers(generation),
    effect,
  ]);
}

function pollAgain(state: Device, stage: Polling, intervalMs: number): AuthTurn {
  return turn({ ...state, stage: { ...stage, inFlight: false, intervalMs } }, [pollTimer(state, intervalMs)]);
}

/** One answer of the token endpoint; an unreachable gateway is asked again until the code expires. */
export function devicePolled(state: Device, input: Input<'devicePolled'>): AuthTurn {
  const { stage } = state;
  if (!isMine(state, input) || stage.kind !== 'polling') return turn(state);
  if (!input.outcome.ok) {
    const { failure } = input.outcome;
    const mayPass = failure.kind === 'unreachable' || failure.retryable;
    return mayPass ? pollAgain(state, stage, stage.intervalMs) : failAttempt(state, 'gateway');
  }
  const answer = input.outcome.value;
  switch (answer.status) {
    case 'pending':
      return pollAgain(state, stage, stage.intervalMs);
    case 'slow_down':
      return pollAgain(state, stage, stage.intervalMs + ENGINE_LIMITS.deviceSlowDownMs);
    case 'expired':
      return failAttempt(state, 'expired_token');
    case 'denied':
      return failAttempt(state, 'access_denied');
    case 'granted':
      return granted(state, stage, { at: input.at, mono: input.mono, tokens: answer.tokens });
  }
}

/** The device code is over. */
export function deviceExpiry(state: Device): AuthTurn {
  return state.stage.kind === 'polling' ? failAttempt(state, 'expired_token') : turn(state);
}

/** The tokens are stored and may be used from now on (AUTH-120). */
export function deviceSaved(state: Device, input: Input<'saved'>): AuthTurn {
  const { stage } = state;
  if (stage.kind !== 'saving' || stage.save.persistId !== input.persistId) return turn(state);
  return signedIn(state, stage.signIn, input);
}

/** The tokens could not be stored: a few more attempts, then the sign-in fails. */
export function deviceSaveFailed(state: Device, input: Input<'saveFailed'>): AuthTurn {
  const { stage } = state;
  if (stage.kind !== 'saving' || stage.save.persistId !== input.persistId) return turn(state);
  if (stage.save.attempt >= ENGINE_LIMITS.persistAttempts) return failAttempt(state, 'state_unwritable');
  return turn(state, [
    {
      type: 'timer.set',
      timerId: timerId('auth.save', String(state.generation)),
      afterMs: ENGINE_LIMITS.persistBackoffMs,
    },
  ]);
}

/** Tries to store the tokens again. */
export function deviceSaveAgain(state: Device): AuthTurn {
  const { stage } = state;
  if (stage.kind !== 'saving') return turn(state);
  const attempt = stage.save.attempt + 1;
  const effect = save(state.generation, attempt, durableAuth(stage.signIn));
  const persistId = effect.type === 'persist' ? effect.persistId : '';
  return turn({ ...state, stage: { ...stage, save: { persistId, attempt } } }, [effect]);
}
