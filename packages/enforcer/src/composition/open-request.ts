import { bindArtifact } from '../artifact/bind.js';
import { createExchange } from '../artifact/create.js';
import { isOpen } from '../artifact/reported.js';
import { lookup, withMember } from '../machine/record.js';
import { timerId } from '../machine/names.js';
import type { DenyCode } from '../model/codes.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { EventOf } from '../model/events.js';
import type { EnforcerState } from '../model/state.js';
import { admission } from '../select.js';
import { standingOf } from './access.js';
import { amend, type Draft, recentRejections, runAuth } from './draft.js';

type Open = EventOf<'request.open'>;

function refuse(draft: Draft, event: Open, code: DenyCode): Draft {
  const { requestId, workspaceId, contentSha256, at } = event;
  const outcome = code === 'repeated_rejection' || code === 'too_many_open' ? 'policy' : 'failed';
  return amend(draft, draft.state, [
    { type: 'audit.append', entry: { kind: 'request.refused', at, requestId, workspaceId, contentSha256, code } },
    {
      type: 'notify.request',
      requestId,
      progress: { kind: 'decided', verdict: 'deny', outcome, code, submissionBegan: false },
    },
  ]);
}

/** Limits against flooding the human (ENF-135). */
function limitHit(state: EnforcerState, event: Open, sessionId: string | null): DenyCode | null {
  const open = Object.values(state.exchanges).filter(
    (exchange) => isOpen(exchange) && exchange.facts.workspaceId === event.workspaceId,
  );
  const ofSession = open.filter(({ facts }) => facts.sessionId === sessionId);
  const isFull = ofSession.length >= ENGINE_LIMITS.openPerSession || open.length >= ENGINE_LIMITS.openPerWorkspace;
  if (isFull) return 'too_many_open';
  return isRejectedRepeatedly(state, event) ? 'repeated_rejection' : null;
}

/** Whether the human rejected exactly this so often that it is denied here, whatever else holds (ENF-135, ENF-155). */
export function isRejectedRepeatedly(
  state: EnforcerState,
  { contentSha256, at, mono }: Pick<Open, 'contentSha256' | 'at' | 'mono'>,
): boolean {
  const same = recentRejections(state, { at, mono }).filter((rejection) => rejection.contentSha256 === contentSha256);
  return same.length >= ENGINE_LIMITS.rejections;
}

/** Consent that was refused before is asked about again, so that a later yes needs no restart. */
function recheckedConsent(draft: Draft, { at, mono }: Open): Draft {
  const { auth } = draft.state;
  const wasRefused = auth.name === 'SignedIn' && auth.consent !== 'Allowed' && auth.consent !== 'Unknown';
  return wasRefused ? runAuth(draft, { type: 'recheckConsent', at, mono }) : draft;
}

/** Admits a request or denies it at once. An admitted one is submitted by the reconciliation that follows. */
export function openRequest(before: Draft, event: Open): Draft {
  const { requestId, workspaceId, at } = event;
  if (lookup(before.state.exchanges, requestId) !== undefined) {
    const entry = { kind: 'request.refused', at, requestId, workspaceId, code: 'duplicate_request' } as const;
    return amend(before, before.state, [{ type: 'audit.append', entry }]);
  }
  const draft = recheckedConsent(before, event);
  const { state } = draft;
  const gate = admission(state, workspaceId);
  if (gate.kind === 'closed') return refuse(draft, event, gate.code);
  const standing = standingOf(state, workspaceId);
  const pairing = standing?.active ?? null;
  if (standing === undefined || pairing === null) return refuse(draft, event, 'not_paired');
  const bound = bindArtifact(event, standing, event);
  if (typeof bound === 'string') return refuse(draft, event, bound);
  const limit = limitHit(state, event, bound.action.sessionId ?? null);
  if (limit !== null) return refuse(draft, event, limit);
  const exchange = createExchange({ open: event, bound, pairing }, event);
  const { deadlineMono, artifactHash, contentSha256 } = exchange.facts;
  return amend(draft, { ...state, exchanges: withMember(state.exchanges, requestId, exchange) }, [
    {
      type: 'audit.append',
      entry: { kind: 'request.opened', at, requestId, workspaceId, artifactHash, contentSha256 },
    },
    { type: 'timer.set', timerId: timerId('exchange.deadline', requestId), afterMs: deadlineMono - event.mono },
  ]);
}
