import { honoursPolicyChange } from '@airlock/crypto';
import { lookup, withMember } from '../machine/record.js';
import { splitId } from '../machine/names.js';
import type { EnforcerEvent, EventOf } from '../model/events.js';
import type { EnforcerState } from '../model/state.js';
import type { PairingInput } from '../pairing/model.js';
import { atRest, attemptOf, newStanding } from '../pairing/rest.js';
import { amend, type Draft, runArtifact, runPairing } from './draft.js';

/** Workspace in which an attempt runs. */
export function workspaceOfAttempt(state: EnforcerState, pairingId: string): string | null {
  const found = Object.entries(state.pairings).find(([, pairing]) => attemptOf(pairing) === pairingId);
  return found?.[0] ?? null;
}

/** Hands an input to the attempt it names; nothing happens when there is none. */
export function toAttempt(draft: Draft, pairingId: string, input: PairingInput): Draft {
  const workspaceId = workspaceOfAttempt(draft.state, pairingId);
  return workspaceId === null ? draft : runPairing(draft, workspaceId, input);
}

/** Starts an attempt; a workspace the engine never met gets its identity here. */
export function startPairing(draft: Draft, event: EventOf<'pairing.start'>): Draft {
  const { state } = draft;
  const { workspaceId, at, mono } = event;
  const isKnown = lookup(state.pairings, workspaceId) !== undefined;
  const pairings = isKnown ? state.pairings : withMember(state.pairings, workspaceId, atRest(newStanding(event)));
  const reason = state.lifecycle === 'running' ? null : ('shutting_down' as const);
  if (reason !== null) {
    const progress = { kind: 'refused', reason, interception: false } as const;
    return amend(draft, state, [{ type: 'notify.pairing', pairingId: event.pairingId, workspaceId, progress }]);
  }
  return runPairing(amend(draft, { ...state, pairings }), workspaceId, { type: 'start', at, mono, start: event });
}

/**
 * The old approver's approval of a `policy.change` is used up for the key it names (PAIR-260): the request must be
 * approved, of this workspace, and by an approver whose approvals of policy changes count (PAIR-220, PAIR-225).
 */
export function replaceApprover(draft: Draft, event: EventOf<'pairing.replace'>): Draft {
  const { pairingId, requestId, at, mono } = event;
  const exchange = lookup(draft.state.exchanges, requestId);
  const workspaceId = workspaceOfAttempt(draft.state, pairingId);
  if (exchange === undefined || exchange.name !== 'Approved' || workspaceId === null) return draft;
  const { facts } = exchange;
  const { namesApproverKey } = facts;
  if (facts.workspaceId !== workspaceId || namesApproverKey === null || !honoursPolicyChange(facts.signer))
    return draft;
  const used = runArtifact(draft, requestId, { type: 'claim', at, mono });
  if (lookup(used.state.exchanges, requestId)?.name !== 'Executed') return used;
  // Nobody else may take this grant: the pairing is what it executes.
  const effects = used.effects.filter((effect) => effect.type !== 'execution.grant');
  const reported = runArtifact({ ...used, effects }, requestId, {
    type: 'outcome',
    at,
    mono,
    outcome: 'succeeded',
    detail: null,
  });
  return runPairing(reported, workspaceId, { type: 'approvedByOld', at, mono, pairingId, publicKey: namesApproverKey });
}

/** Answer of storing a workspace. */
export function workspaceSaved(draft: Draft, event: EventOf<'persist.done'> | EventOf<'persist.failed'>): Draft {
  const { at, mono, persistId } = event;
  const type = event.type === 'persist.done' ? 'saved' : 'saveFailed';
  return runPairing(draft, splitId(persistId).key, { type, at, mono, persistId });
}

/** Gateway answers that belong to an attempt. */
export type PairingResult = Extract<
  EnforcerEvent,
  { readonly type: 'gateway.initiatePairing.result' | 'gateway.claimPairing.result' | 'gateway.pairingStatus.result' }
>;

/** Hands a gateway answer to its attempt. */
export function pairingAnswered(draft: Draft, event: PairingResult): Draft {
  const { at, mono, callId } = event;
  const pairingId = splitId(callId).key;
  switch (event.type) {
    case 'gateway.initiatePairing.result':
      return toAttempt(draft, pairingId, { type: 'opened', at, mono, pairingId, outcome: event.outcome });
    case 'gateway.claimPairing.result': {
      const { outcome } = event;
      const opened = outcome.ok ? { ok: true as const, value: { ...outcome.value, pairingCode: '' } } : outcome;
      return toAttempt(draft, pairingId, { type: 'opened', at, mono, pairingId, outcome: opened });
    }
    case 'gateway.pairingStatus.result':
      return toAttempt(draft, pairingId, { type: 'status', at, mono, pairingId, outcome: event.outcome });
  }
}
