import { AirlockError, isJsonObject, type JsonValue, parseJson } from '@airlock/protocol';
import { orphanOwner, ownerOf, withdrawalAnswered } from '../artifact/withdrawal.js';
import type { AuthInput } from '../auth/model.js';
import { lookup, withMember, withoutMember } from '../machine/record.js';
import { splitId } from '../machine/names.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EnforcerEvent, EventOf } from '../model/events.js';
import { standingOf } from './access.js';
import { amend, type Draft, runAck, runArtifact, runAuth, runPairing, runPresence } from './draft.js';
import { shutDown, signInAnew, signOutEverywhere, startEngine } from './lifecycle.js';
import { openRequest } from './open-request.js';
import { pairingAnswered, replaceApprover, startPairing, toAttempt, workspaceSaved } from './pairing-events.js';
import { timerFired } from './timers.js';

function withdrawn(draft: Draft, event: EventOf<'gateway.withdraw.result'>): Draft {
  const { state } = draft;
  const requestId = splitId(event.callId).key;
  const exchange = lookup(state.exchanges, requestId);
  if (exchange !== undefined) {
    const next = withdrawalAnswered(ownerOf(requestId), exchange.withdrawal, event.outcome);
    const exchanges = withMember(state.exchanges, requestId, { ...exchange, withdrawal: next.withdrawal });
    return amend(draft, { ...state, exchanges }, next.effects);
  }
  const orphan = lookup(state.orphans, requestId);
  if (orphan === undefined) return draft;
  const { withdrawal, effects } = withdrawalAnswered(orphanOwner(requestId), orphan, event.outcome);
  const orphans =
    withdrawal === null ? withoutMember(state.orphans, requestId) : withMember(state.orphans, requestId, withdrawal);
  return amend(draft, { ...state, orphans }, effects);
}

function saved(draft: Draft, event: EventOf<'persist.done'> | EventOf<'persist.failed'>): Draft {
  const { at, mono, persistId } = event;
  const type = event.type === 'persist.done' ? 'saved' : 'saveFailed';
  if (persistId.startsWith('auth.')) return runAuth(draft, { type, at, mono, persistId });
  return persistId.startsWith('workspace.') ? workspaceSaved(draft, event) : draft;
}

function parsedFrame(text: string): JsonValue {
  if (text.length > ENGINE_LIMITS.decisionBytes) return null;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof AirlockError) return null;
    throw error;
  }
}

/** A channel is a hint (GW-490): a decision goes to the request it names, a revocation tightens, the rest is left alone. */
function channelMessage(draft: Draft, event: EventOf<'channel.message'>): Draft {
  const { at, mono, workspaceId, text } = event;
  const frame = parsedFrame(text);
  if (!isJsonObject(frame)) return draft;
  if (frame.msgType === 'pairing.revoked') return runPairing(draft, workspaceId, { type: 'revoke', at, mono });
  if (frame.msgType !== 'decision.deliver' || typeof frame.requestId !== 'string') return draft;
  const exchange = lookup(draft.state.exchanges, frame.requestId);
  if (exchange === undefined || exchange.facts.workspaceId !== workspaceId) return draft;
  return runArtifact(draft, frame.requestId, { type: 'delivered', at, mono, text });
}

/** What a gateway says about a pairing only ever takes trust away, and only from the pairing that it spoke of. */
function revokedElsewhere(draft: Draft, { at, mono, workspaceId, routingToken }: EventOf<'pairing.revoked'>): Draft {
  const active = standingOf(draft.state, workspaceId)?.active ?? null;
  return active?.routingToken === routingToken ? runPairing(draft, workspaceId, { type: 'revoke', at, mono }) : draft;
}

function faulted(draft: Draft, event: EventOf<'engine.fault'>): Draft {
  return amend(draft, { ...draft.state, fault: event.code }, [
    { type: 'audit.append', entry: { kind: 'engine.fault', at: event.at, code: event.code } },
  ]);
}

type AuthResult = Extract<
  EnforcerEvent,
  {
    readonly type:
      | 'gateway.discover.result'
      | 'gateway.startDevice.result'
      | 'gateway.pollDevice.result'
      | 'gateway.refresh.result'
      | 'gateway.checkConsent.result';
  }
>;

function authInput(event: AuthResult): AuthInput {
  const { at, mono } = event;
  const { key } = splitId(event.callId);
  switch (event.type) {
    case 'gateway.discover.result':
      return { type: 'discovered', at, mono, key, outcome: event.outcome };
    case 'gateway.startDevice.result':
      return { type: 'deviceStarted', at, mono, key, outcome: event.outcome };
    case 'gateway.pollDevice.result':
      return { type: 'devicePolled', at, mono, key, outcome: event.outcome };
    case 'gateway.refresh.result':
      return { type: 'refreshed', at, mono, key, outcome: event.outcome };
    case 'gateway.checkConsent.result':
      return { type: 'consentChecked', at, mono, key, outcome: event.outcome };
  }
}

type RequestEvent = Extract<
  EnforcerEvent,
  {
    readonly type:
      | 'request.withdraw'
      | 'request.deny'
      | 'execution.claim'
      | 'execution.outcome'
      | 'journal.recorded'
      | 'journal.replayed'
      | 'journal.unavailable';
  }
>;

function requestEvent(draft: Draft, event: RequestEvent): Draft {
  const { at, mono, requestId } = event;
  switch (event.type) {
    case 'request.withdraw':
      return runArtifact(draft, requestId, { type: 'withdraw', at, mono, code: 'withdrawn' });
    case 'request.deny':
      return runArtifact(draft, requestId, { type: 'deny', at, mono, reason: event.reason });
    case 'execution.claim': {
      if (lookup(draft.state.exchanges, requestId) !== undefined) {
        return runArtifact(draft, requestId, { type: 'claim', at, mono });
      }
      return amend(draft, draft.state, [{ type: 'execution.refuse', requestId, code: 'unknown_request' }]);
    }
    case 'execution.outcome': {
      const { outcome, detail } = event;
      return runArtifact(draft, requestId, { type: 'outcome', at, mono, outcome, detail: detail ?? null });
    }
    case 'journal.recorded':
      return runArtifact(draft, requestId, { type: 'recorded', at, mono });
    case 'journal.replayed':
      return runArtifact(draft, requestId, { type: 'replayed', at, mono });
    case 'journal.unavailable':
      return runArtifact(draft, requestId, { type: 'unavailable', at, mono });
  }
}

type ExchangeResult = Extract<
  EnforcerEvent,
  { readonly type: 'gateway.submitArtifact.result' | 'gateway.wait.result' | 'gateway.ack.result' }
>;

/** Gateway answers that belong to a request. */
function exchangeAnswered(draft: Draft, event: ExchangeResult): Draft {
  const { at, mono } = event;
  const requestId = splitId(event.callId).key;
  switch (event.type) {
    case 'gateway.submitArtifact.result':
      return runArtifact(draft, requestId, { type: 'submitted', at, mono, outcome: event.outcome });
    case 'gateway.wait.result':
      return runArtifact(draft, requestId, { type: 'waited', at, mono, outcome: event.outcome });
    case 'gateway.ack.result':
      return runAck(draft, requestId, { type: 'answered', at, mono, outcome: event.outcome });
  }
}

/** Hands an event to the machine it belongs to. Exhaustive; what belongs to nobody changes nothing. */
export function route(draft: Draft, event: EnforcerEvent): Draft {
  const { at, mono } = event;
  switch (event.type) {
    case 'engine.start':
      return startEngine(draft, event);
    case 'engine.shutdown':
      return shutDown(draft, event);
    case 'engine.fault':
      return faulted(draft, event);
    case 'engine.repaired':
      return amend(draft, { ...draft.state, fault: null });
    case 'policy.requirements': {
      const requirements = withMember(draft.state.requirements, event.workspaceId, event.requirements);
      return amend(draft, { ...draft.state, requirements });
    }
    case 'auth.signIn':
      return signInAnew(draft, event);
    case 'auth.cancel':
      return runAuth(draft, { type: 'cancel', at, mono });
    case 'auth.signOut':
      return signOutEverywhere(draft, event);
    case 'gateway.discover.result':
    case 'gateway.startDevice.result':
    case 'gateway.pollDevice.result':
    case 'gateway.refresh.result':
    case 'gateway.checkConsent.result':
      return runAuth(draft, authInput(event));
    case 'pairing.start':
      return startPairing(draft, event);
    case 'pairing.replace':
      return replaceApprover(draft, event);
    case 'pairing.confirm':
      return toAttempt(draft, event.pairingId, { ...event, type: 'confirm' });
    case 'pairing.cancel':
      return toAttempt(draft, event.pairingId, { ...event, type: 'cancel' });
    case 'pairing.unpair':
      return runPairing(draft, event.workspaceId, { type: 'unpair', at, mono });
    case 'pairing.revoked':
      return revokedElsewhere(draft, event);
    case 'recovery.verified':
      return toAttempt(draft, event.pairingId, { ...event, type: 'recoveryVerified' });
    case 'recovery.created':
      return toAttempt(draft, event.pairingId, { ...event, type: 'recoveryCreated' });
    case 'gateway.initiatePairing.result':
    case 'gateway.claimPairing.result':
    case 'gateway.pairingStatus.result':
      return pairingAnswered(draft, event);
    case 'request.open':
      return openRequest(draft, event);
    case 'request.withdraw':
    case 'request.deny':
    case 'execution.claim':
    case 'execution.outcome':
    case 'journal.recorded':
    case 'journal.replayed':
    case 'journal.unavailable':
      return requestEvent(draft, event);
    case 'gateway.submitArtifact.result':
    case 'gateway.wait.result':
    case 'gateway.ack.result':
      return exchangeAnswered(draft, event);
    case 'gateway.withdraw.result':
      return withdrawn(draft, event);
    case 'persist.done':
    case 'persist.failed':
      return saved(draft, event);
    case 'timer.fired':
      return timerFired(draft, event);
    case 'channel.opened':
      return runPresence(draft, event.workspaceId, { type: 'opened', at, mono });
    case 'channel.closed':
      return runPresence(draft, event.workspaceId, { type: 'closed', at, mono });
    case 'channel.message':
      return channelMessage(draft, event);
    case 'gateway.logout.result':
    case 'gateway.revokePairing.result':
    case 'gateway.heartbeat.result':
      return draft;
  }
}
