import { consentOf } from '../artifact/failures.js';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Access, GatewayFailure } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { Standing } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { PairingStart } from '../model/events.js';
import type { OpeningSession, PairingSession, PairingState } from '../model/pairing.js';
import type { PairingRefusal } from '../model/progress.js';
import type { PairingContext, PairingIn, PairingInput, PairingSignal, PairingTurn } from './model.js';
import { refuse, tell } from './rest.js';

type Opening = PairingIn<'Initiated'> | PairingIn<'Claimed'>;
type Input<Type extends PairingInput['type']> = Extract<PairingInput, { readonly type: Type }>;

/** Whether the gateway's answer to the opening call is still awaited. */
export function isOpening(session: OpeningSession | PairingSession): session is OpeningSession {
  return 'stage' in session;
}

function openingCall(standing: Standing, session: OpeningSession, access: Access): EnforcerEffect {
  const { enforcerId, enforcerLabel, workspaceName } = standing;
  const { deviceId, x25519PublicKey, pairingId, claimCode } = session;
  const body = { deviceId, enforcerId, enforcerLabel, workspaceName, x25519PublicKey };
  if (claimCode === null) {
    return {
      type: 'gateway.initiatePairing',
      callId: callId('initiatePairing', pairingId),
      request: { access, body },
    };
  }
  return {
    type: 'gateway.claimPairing',
    callId: callId('claimPairing', pairingId),
    request: { access, body: { ...body, pairingCode: claimCode } },
  };
}

function sessionOf(start: PairingStart, input: PairingInput, gatewayUrl: string): OpeningSession {
  const lifetimeMs =
    start.mode.kind === 'initiate' ? ENGINE_LIMITS.pairingSessionMs : ENGINE_LIMITS.pairingClaimedSessionMs;
  return {
    pairingId: start.pairingId,
    gatewayUrl,
    deviceId: start.deviceId,
    x25519PrivateKey: start.x25519.privateKey,
    x25519PublicKey: start.x25519.publicKey,
    secrets: start.secrets,
    unattended: start.unattended,
    recovered: false,
    expiresAt: input.at + lifetimeMs,
    expiresMono: input.mono + lifetimeMs,
    stage: start.hasRecoveryCode ? 'verifying-recovery-code' : 'calling',
    claimCode: start.mode.kind === 'claim' ? start.mode.pairingCode : null,
  };
}

/** Begins an attempt; a pairing in force stays in force until another one is stored. */
export function start(state: PairingState, input: Input<'start'>, context: PairingContext): PairingTurn {
  const { standing } = state;
  const { pairingId, mode, hasRecoveryCode } = input.start;
  const { access } = context;
  const no = (reason: PairingRefusal) => refuse(state, { pairingId, reason }, { input, access });
  if (access === null) return no('not_signed_in');
  if (hasRecoveryCode && standing.recovery === null) return no('recovery_unavailable');
  const session = sessionOf(input.start, input, access.gatewayUrl);
  const name = mode.kind === 'initiate' ? 'Initiated' : 'Claimed';
  const first: EnforcerEffect =
    hasRecoveryCode && standing.recovery !== null
      ? { type: 'recovery.verify', pairingId, hash: standing.recovery }
      : openingCall(standing, session, access);
  const { workspaceId } = standing;
  return turn({ name, standing, session }, [
    {
      type: 'audit.append',
      entry: { kind: 'pairing.started', at: input.at, workspaceId, pairingId, outcome: mode.kind },
    },
    { type: 'timer.set', timerId: timerId('pairing.expiry', pairingId), afterMs: session.expiresMono - input.mono },
    first,
  ]);
}

/** A second attempt while one runs: refused, the first goes on. */
export function startAgain(state: PairingState, input: Input<'start'>): PairingTurn {
  const progress = { kind: 'refused', reason: 'already_pairing', interception: false } as const;
  return turn(state, [tell(state.standing, input.start.pairingId, progress)]);
}

/** The recovery code was right or wrong. A wrong one ends the attempt before anything was sent. */
export function recoveryVerified(
  state: Opening,
  input: Input<'recoveryVerified'>,
  context: PairingContext,
): PairingTurn {
  const { session, standing } = state;
  if (!isOpening(session) || session.stage !== 'verifying-recovery-code') return turn(state);
  const { pairingId } = session;
  const { access } = context;
  const { workspaceId } = standing;
  if (!input.ok) {
    const refused = refuse(state, { pairingId, reason: 'recovery_code_wrong' }, { input, access });
    return turn(refused.state, [
      { type: 'audit.append', entry: { kind: 'recovery.refused', at: input.at, workspaceId, pairingId } },
      ...refused.effects,
    ]);
  }
  if (access === null) return refuse(state, { pairingId, reason: 'not_signed_in' }, { input, access });
  const next: OpeningSession = { ...session, stage: 'calling', recovered: true };
  return turn({ ...state, session: next }, [openingCall(standing, next, access)]);
}

function refusalOf(failure: GatewayFailure): PairingRefusal {
  if (consentOf(failure) !== null) return 'consent';
  return failure.code === 'pairing_code_invalid' ? 'code_invalid' : 'gateway';
}

function signalsOf(failure: GatewayFailure, access: Access | null): readonly PairingSignal[] {
  const consent = consentOf(failure);
  if (consent !== null) return [{ kind: 'consent', consent, consentUrl: failure.consentUrl ?? null }];
  if (failure.kind !== 'unauthorized' || access === null) return [];
  return [{ kind: 'unauthorized', version: access.user.version }];
}

/** The gateway opened or refused the session. */
export function opened(state: Opening, input: Input<'opened'>, context: PairingContext): PairingTurn {
  const { session, standing } = state;
  if (!isOpening(session) || session.stage !== 'calling') return turn(state);
  const { pairingId } = session;
  const { outcome } = input;
  if (!outcome.ok) {
    const reason = refusalOf(outcome.failure);
    const refused = refuse(state, { pairingId, reason }, { input, access: context.access });
    return turn(refused.state, refused.effects, signalsOf(outcome.failure, context.access));
  }
  const { pairingNonce, pairingCode } = outcome.value;
  // The gateway may shorten the session, never lengthen it.
  const left = Math.max(Math.min(outcome.value.expiresAt, session.expiresAt) - input.at, 0);
  const expiresMono = Math.min(session.expiresMono, input.mono + left);
  const { stage: _stage, claimCode: _claimCode, ...kept } = session;
  const expiresAt = input.at + (expiresMono - input.mono);
  const next: PairingSession = { ...kept, pairingNonce, expiresAt, expiresMono, statusCall: null };
  return turn({ ...state, session: next }, [
    { type: 'timer.set', timerId: timerId('pairing.expiry', pairingId), afterMs: expiresMono - input.mono },
    { type: 'timer.set', timerId: timerId('pairing.poll', pairingId), afterMs: ENGINE_LIMITS.pairingPollMs },
    tell(standing, pairingId, { kind: 'started', pairingCode, expiresAt }),
  ]);
}
