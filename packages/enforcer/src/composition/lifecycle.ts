import { isOpen } from '../artifact/reported.js';
import type { CallId } from '../model/base.js';
import type { EventOf } from '../model/events.js';
import { atRest, attemptOf } from '../pairing/rest.js';
import type { PairingInput } from '../pairing/model.js';
import type { ArtifactInput } from '../artifact/model.js';
import { amend, type Draft, runAck, runArtifact, runAuth, runPairing, runPresence } from './draft.js';

/** Takes up what was stored. Requests that were open are withdrawn, never resumed (ENF-130). */
export function startEngine(draft: Draft, event: EventOf<'engine.start'>): Draft {
  const { state } = draft;
  if (state.lifecycle !== 'starting') return draft;
  const { auth, workspaces, openRequests, rejections } = event.durable;
  const { at, mono } = event;
  const loaded = {
    ...state,
    lifecycle: 'running' as const,
    pairings: Object.fromEntries(workspaces.map((standing) => [standing.workspaceId, atRest(standing)])),
    orphans: Object.fromEntries(openRequests.map(({ requestId }) => [requestId, { attempts: 0, inFlight: false }])),
    rejections,
  };
  const started = amend(draft, loaded, [
    { type: 'audit.append', entry: { kind: 'engine.started', at } },
    ...openRequests.map(
      ({ requestId, workspaceId }) =>
        ({ type: 'audit.append', entry: { kind: 'request.discarded-at-start', at, requestId, workspaceId } }) as const,
    ),
  ]);
  return runAuth(started, { type: 'restore', at, mono, durable: auth });
}

/** Closes every open request in the same way. */
export function closeAll(draft: Draft, input: ArtifactInput): Draft {
  const open = Object.values(draft.state.exchanges).filter(isOpen);
  return open.reduce((next, { facts }) => runArtifact(next, facts.requestId, input), draft);
}

/** Ends every pairing attempt; pairings in force stay. */
function abandonAll(draft: Draft, input: Extract<PairingInput, { readonly type: 'abandon' }>): Draft {
  const running = Object.entries(draft.state.pairings).filter(([, pairing]) => attemptOf(pairing) !== null);
  return running.reduce((next, [workspaceId]) => runPairing(next, workspaceId, input), draft);
}

/** Denies and withdraws everything, once. */
export function shutDown(draft: Draft, { at, mono }: EventOf<'engine.shutdown'>): Draft {
  if (draft.state.lifecycle === 'stopped') return draft;
  const closed = closeAll(draft, { type: 'withdraw', at, mono, code: 'shutting_down' });
  const acks = Object.keys(closed.state.exchanges).reduce(
    (next, requestId) => runAck(next, requestId, { type: 'stop', at, mono }),
    closed,
  );
  const alone = abandonAll(acks, { type: 'abandon', at, mono, reason: 'shutting_down' });
  const offline = Object.keys(alone.state.presence).reduce(
    (next, workspaceId) => runPresence(next, workspaceId, { type: 'stop', at, mono }),
    alone,
  );
  return amend(offline, { ...offline.state, lifecycle: 'stopped' }, [
    { type: 'audit.append', entry: { kind: 'engine.stopped', at } },
  ]);
}

function withdrawCalls(draft: Draft): readonly CallId[] {
  return draft.effects.flatMap((effect) =>
    effect.type === 'gateway.withdraw' || effect.type === 'gateway.revokePairing' ? [effect.callId] : [],
  );
}

/** Sign-out: everything open is denied and withdrawn with the credential that then ends. */
export function signOutEverywhere(draft: Draft, { at, mono }: EventOf<'auth.signOut'>): Draft {
  const closed = closeAll(draft, { type: 'fail', at, mono, code: 'signed_out' });
  const alone = abandonAll(closed, { type: 'abandon', at, mono, reason: 'not_signed_in' });
  return runAuth(alone, { type: 'signOut', at, mono, after: withdrawCalls(alone) });
}

/** A new sign-in ends what the old one held open, because it may be another user's. */
export function signInAnew(draft: Draft, event: EventOf<'auth.signIn'>): Draft {
  const { at, mono } = event;
  if (draft.state.lifecycle !== 'running') {
    return amend(draft, draft.state, [{ type: 'notify.auth', progress: { kind: 'failed', code: 'cancelled' } }]);
  }
  const closed = closeAll(draft, { type: 'fail', at, mono, code: 'signed_out' });
  const alone = abandonAll(closed, { type: 'abandon', at, mono, reason: 'not_signed_in' });
  const { gatewayUrl, method, app } = event;
  const input = { type: 'signIn', at, mono, gatewayUrl, method } as const;
  return runAuth(alone, app === undefined ? input : { ...input, app });
}
