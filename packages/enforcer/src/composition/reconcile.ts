import { isOpen } from '../artifact/reported.js';
import { orphanOwner, tryWithdraw } from '../artifact/withdrawal.js';
import { lookup, withMember, withoutMember } from '../machine/record.js';
import type { Timed } from '../model/base.js';
import type { OpenRequest } from '../model/durable.js';
import type { Exchange } from '../model/exchange.js';
import type { EnforcerState } from '../model/state.js';
import { admission } from '../select.js';
import { activePairing, currentAccess, isPairingInForce, lacksVerification, signedInGateway } from './access.js';
import { amend, type Draft, runArtifact, runPresence } from './draft.js';

function waitsForAccess(exchange: Exchange): boolean {
  switch (exchange.name) {
    case 'Created':
      return true;
    case 'Submitting':
    case 'AwaitingDecision':
      return exchange.stage.kind === 'access';
    case 'Approved':
    case 'Denied':
    case 'Expired':
    case 'Withdrawn':
    case 'Failed':
    case 'Executed':
      return false;
  }
}

/** Why an open request may not go on, or null. The cross-machine rules of the composition, all of them tightening. */
function objection(state: EnforcerState, exchange: Exchange): string | null {
  if (state.fault !== null) return state.fault;
  if (signedInGateway(state) === null) return 'signed_out';
  if (lacksVerification(state, exchange.facts.workspaceId)) return 'pairing_unverified';
  if (isPairingInForce(state, exchange.facts)) return null;
  const standing = lookup(state.pairings, exchange.facts.workspaceId)?.standing;
  return standing?.active === null && !standing.revoked ? 'unpaired' : 'pairing_revoked';
}

function reconcileExchange(draft: Draft, exchange: Exchange, { at, mono }: Timed): Draft {
  const { requestId, workspaceId } = exchange.facts;
  const code = objection(draft.state, exchange);
  if (code !== null) return runArtifact(draft, requestId, { type: 'fail', at, mono, code });
  if (!waitsForAccess(exchange)) return draft;
  const gate = admission(draft.state, workspaceId);
  switch (gate.kind) {
    case 'open':
      return runArtifact(draft, requestId, { type: 'access', at, mono });
    case 'later':
      return draft;
    case 'closed':
      return runArtifact(draft, requestId, { type: 'fail', at, mono, code: gate.code });
  }
}

function reconcilePresence(draft: Draft, workspaceId: string, { at, mono }: Timed): Draft {
  const { state } = draft;
  const isWanted = state.lifecycle === 'running' && activePairing(state, workspaceId) !== null;
  const isOffline = (lookup(state.presence, workspaceId)?.name ?? 'Offline') === 'Offline';
  if (isWanted !== isOffline) return draft;
  return runPresence(draft, workspaceId, { type: isWanted ? 'start' : 'stop', at, mono });
}

/** Requests of an earlier run are withdrawn as soon as there is a credential (ENF-130). */
function reconcileOrphan(draft: Draft, requestId: string, { at }: Timed): Draft {
  const { state } = draft;
  const orphan = lookup(state.orphans, requestId);
  const access = currentAccess(state, at);
  if (orphan === undefined || orphan.attempts > 0 || access === null) return draft;
  const { withdrawal, effects } = tryWithdraw(orphanOwner(requestId), orphan, access);
  const orphans =
    withdrawal === null ? withoutMember(state.orphans, requestId) : withMember(state.orphans, requestId, withdrawal);
  return amend(draft, { ...state, orphans }, effects);
}

/** Requests that a crash would leave open at the gateway. */
function leftOpen(state: EnforcerState): readonly OpenRequest[] {
  const open = Object.values(state.exchanges)
    .filter((exchange) => isOpen(exchange) && exchange.submissionBegan)
    .map(({ facts: { requestId, workspaceId } }) => ({ requestId, workspaceId }));
  const orphans = Object.keys(state.orphans).map((requestId) => ({ requestId, workspaceId: '' }));
  return [...orphans, ...open];
}

function key(requests: readonly OpenRequest[]): string {
  return requests.map(({ requestId }) => requestId).join(' ');
}

/** Notes which requests are open, before the effects that open them. Nothing waits for it. */
function noted(before: EnforcerState, draft: Draft): Draft {
  const value = leftOpen(draft.state);
  if (key(value) === key(leftOpen(before))) return draft;
  const note = { type: 'persist', persistId: 'open-requests', record: { kind: 'open-requests', value } } as const;
  return { ...draft, effects: [note, ...draft.effects] };
}

/** Applies the rules that no machine can see alone, after every event. */
export function reconcile(before: EnforcerState, draft: Draft, now: Timed): Draft {
  const exchanges = Object.values(draft.state.exchanges).filter(isOpen);
  const ruled = exchanges.reduce((next, exchange) => reconcileExchange(next, exchange, now), draft);
  const workspaces = Object.keys(ruled.state.pairings);
  const shown = workspaces.reduce((next, workspaceId) => reconcilePresence(next, workspaceId, now), ruled);
  const orphans = Object.keys(shown.state.orphans);
  const swept = orphans.reduce((next, requestId) => reconcileOrphan(next, requestId, now), shown);
  return noted(before, swept);
}
