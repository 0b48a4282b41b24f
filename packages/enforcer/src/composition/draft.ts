import { stepAck, type AckInput } from '../ack/machine.js';
import type { ArtifactInput, ArtifactSignal } from '../artifact/model.js';
import { stepArtifact } from '../artifact/table.js';
import { stepAuth } from '../auth/machine.js';
import type { AuthInput } from '../auth/model.js';
import type { DecisionVerifier } from '../decision/verify.js';
import { lookup, withMember } from '../machine/record.js';
import type { PresenceInput } from '../presence/machine.js';
import { stepPresence } from '../presence/machine.js';
import { stepPairing } from '../pairing/machine.js';
import type { PairingInput, PairingSignal } from '../pairing/model.js';
import type { RequestId, Timed, WorkspaceId } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { Rejection } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { EnforcerPorts } from '../model/ports.js';
import type { EnforcerState } from '../model/state.js';
import { currentAccess, isPairingInForce, requirementsOf } from './access.js';

/** Replaceable parts of the composition. Only tests replace `verifyDecision`. */
export interface EngineParts extends EnforcerPorts {
  readonly verifyDecision: DecisionVerifier;
}

/** A step under construction. */
export interface Draft {
  readonly state: EnforcerState;
  readonly effects: readonly EnforcerEffect[];
  readonly parts: EngineParts;
}

/** The draft with another state and more effects. */
export function amend(draft: Draft, state: EnforcerState, effects: readonly EnforcerEffect[] = []): Draft {
  return { ...draft, state, effects: effects.length === 0 ? draft.effects : [...draft.effects, ...effects] };
}

/** One turn of the auth machine. */
export function runAuth(draft: Draft, input: AuthInput): Draft {
  const { state: auth, effects } = stepAuth(draft.state.auth, input);
  return amend(draft, { ...draft.state, auth }, effects);
}

function hearPairing(draft: Draft, signal: PairingSignal, { at, mono }: Timed): Draft {
  switch (signal.kind) {
    case 'unauthorized':
      return runAuth(draft, { type: 'unauthorized', at, mono, version: signal.version });
    case 'consent':
      return runAuth(draft, {
        type: 'consentRefused',
        at,
        mono,
        consent: signal.consent,
        consentUrl: signal.consentUrl,
      });
  }
}

/** One turn of the pairing machine of a workspace. */
export function runPairing(draft: Draft, workspaceId: WorkspaceId, input: PairingInput): Draft {
  const { state } = draft;
  const pairing = lookup(state.pairings, workspaceId);
  if (pairing === undefined) return draft;
  const next = stepPairing(pairing, input, {
    access: currentAccess(state, input.at),
    requireVerifiedPairing: requirementsOf(state, workspaceId).requireVerifiedPairing,
    verifier: draft.parts.verifier,
  });
  const amended = amend(
    draft,
    { ...state, pairings: withMember(state.pairings, workspaceId, next.state) },
    next.effects,
  );
  return next.signals.reduce((heard, signal) => hearPairing(heard, signal, input), amended);
}

/** One turn of the presence machine of a workspace. */
export function runPresence(draft: Draft, workspaceId: WorkspaceId, input: PresenceInput): Draft {
  const { state } = draft;
  const standing = lookup(state.pairings, workspaceId)?.standing;
  if (standing === undefined) return draft;
  const presence = lookup(state.presence, workspaceId) ?? { name: 'Offline' as const, workspaceId };
  const next = stepPresence(presence, input, { standing, access: currentAccess(state, input.at) });
  return amend(draft, { ...state, presence: withMember(state.presence, workspaceId, next.state) }, next.effects);
}

/** One turn of the ack machine of a request. */
export function runAck(draft: Draft, requestId: RequestId, input: AckInput): Draft {
  const { state } = draft;
  const exchange = lookup(state.exchanges, requestId);
  if (exchange === undefined) return draft;
  const next = stepAck(exchange.ack, input, { facts: exchange.facts, access: currentAccess(state, input.at) });
  const exchanges = withMember(state.exchanges, requestId, { ...exchange, ack: next.state });
  return amend(draft, { ...state, exchanges }, next.effects);
}

/** Rejections that still count at this time (ENF-135). */
export function recentRejections(state: EnforcerState, { at }: Timed): readonly Rejection[] {
  return state.rejections.filter((rejection) => Math.abs(at - rejection.at) < ENGINE_LIMITS.rejectionWindowMs);
}

function rejected(draft: Draft, contentSha256: string, input: Timed): Draft {
  const rejections = [...recentRejections(draft.state, input), { contentSha256, at: input.at }];
  return amend(draft, { ...draft.state, rejections }, [
    { type: 'persist', persistId: `rejections:${input.at}`, record: { kind: 'rejections', value: rejections } },
  ]);
}

function hearArtifact(draft: Draft, signal: ArtifactSignal, from: Timed & { workspaceId: WorkspaceId }): Draft {
  const { at, mono } = from;
  switch (signal.kind) {
    case 'unauthorized':
    case 'consent':
      return hearPairing(draft, signal, from);
    case 'pairing-revoked':
      return runPairing(draft, from.workspaceId, { type: 'revoke', at, mono });
    case 'recorded':
      return signal.msgId === null
        ? draft
        : runAck(draft, signal.requestId, { type: 'due', at, mono, msgId: signal.msgId });
    case 'human-rejected':
      return rejected(draft, signal.contentSha256, from);
  }
}

/** One turn of the artifact machine of a request. */
export function runArtifact(draft: Draft, requestId: RequestId, input: ArtifactInput): Draft {
  const { state, parts } = draft;
  const exchange = lookup(state.exchanges, requestId);
  if (exchange === undefined) return draft;
  const next = stepArtifact(exchange, input, {
    access: currentAccess(state, input.at),
    pairingActive: isPairingInForce(state, exchange.facts),
    requireHarpDecision: requirementsOf(state, exchange.facts.workspaceId).requireHarpDecision,
    verifyDecision: parts.verifyDecision,
    verifier: parts.verifier,
  });
  const exchanges = withMember(state.exchanges, requestId, next.state);
  const amended = amend(draft, { ...state, exchanges }, next.effects);
  const from = { at: input.at, mono: input.mono, workspaceId: exchange.facts.workspaceId };
  return next.signals.reduce((heard, signal) => hearArtifact(heard, signal, from), amended);
}
