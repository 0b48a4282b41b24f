import { type JsonObject, formatTime } from '@airlock/protocol';
import { type EnvelopeDeps, envelope } from '../http/envelopes.js';
import type { DeliverableDecision } from '../store/commands/exchange-decide.js';
import type { Channels } from './channels.js';
import type { LiveEvents } from './events.js';

/** `decision.deliver`, made the same way at every delivery (EXCH-050, EXCH-100). */
export function decisionDeliver(deps: EnvelopeDeps, requestId: string, decision: DeliverableDecision): JsonObject {
  const body: JsonObject = JSON.parse(decision.body);
  return envelope(deps, {
    msgType: 'decision.deliver',
    requestId,
    msgId: decision.msgId,
    createdAt: decision.decidedAt,
    expiresAt: decision.expiresAt,
    recipient: { enforcerId: decision.enforcerId },
    body,
  });
}

/** `refresh.request` and `pairing.revoked` repeat type and reason at the top level (GW-450). */
export function toEnforcerWithCopies(
  deps: EnvelopeDeps,
  msgType: 'refresh.request' | 'pairing.revoked',
  parts: { readonly requestId: string; readonly enforcerId: string; readonly reason: string },
): JsonObject {
  const { reason, enforcerId, requestId } = parts;
  const made = envelope(deps, { msgType, requestId, recipient: { enforcerId }, body: { reason } });
  return { ...made, type: msgType, reason };
}

/** Sends what a commit made known to the channels that are open (GW-460). */
export function liveEvents(deps: EnvelopeDeps, open: Channels): LiveEvents {
  return {
    revoked: (revocation, by, reason) => {
      const now = deps.ports.now();
      for (const { userId, requestId, approverId } of revocation.exchanges) {
        const body = { state: 'Cancelled', cancelledAt: formatTime(now), reason: 'pairing_revoked' };
        open.toApprover(userId, approverId, () =>
          envelope(deps, {
            msgType: 'exchange.cancelled',
            requestId,
            recipient: { approverId },
            body,
          }),
        );
      }
      if (by === 'enforcer') return;
      for (const { userId, appId, enforcerId, last } of revocation.pairings) {
        if (!last) continue;
        const requestId = `pair-${deps.ports.uuid()}`;
        const parts = { requestId, enforcerId, reason };
        const message = toEnforcerWithCopies(deps, 'pairing.revoked', parts);
        open.toEnforcer({ userId, appId, enforcerId }, message);
      }
    },
    consentRequested: (userId, notice) => {
      const requestId = `consent-${deps.ports.uuid()}`;
      const body = { ...notice, requestedAt: formatTime(notice.requestedAt) };
      open.toApproversOf(userId, (approverId) =>
        envelope(deps, {
          msgType: 'consent.request',
          requestId,
          recipient: { approverId },
          body,
        }),
      );
    },
  };
}
