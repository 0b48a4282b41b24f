import { type JsonObject, decisionSubmitSchema, isJsonObject } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { concerning, envelope } from '../http/envelopes.js';
import { parseRequest } from '../http/parse.js';
import { newMsgId } from '../ids.js';
import { exchangeKey } from '../live/waiters.js';
import { decisionDeliver } from '../live/notices.js';
import type { ApproverPrincipal } from '../principal.js';
import type { DeliverableDecision } from '../store/commands/exchange-decide.js';
import type { ServiceDeps } from './deps.js';

/** The body as it will be delivered: unchanged, but a null member is an absent one (APPR-070, GW-080). */
function deliveredBody(message: JsonObject): string {
  const body = message['body'];
  if (!isJsonObject(body ?? null)) return '{}';
  const kept = Object.entries(body as JsonObject).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(kept));
}

/** The device that the request names, if the principal may act for it (APPR-050). */
export function actingApprover(principal: ApproverPrincipal, named: string): string {
  if (principal.approverId !== undefined && principal.approverId !== named) {
    throw new GatewayError('forbidden', 'This credential cannot act for that approver');
  }
  return named;
}

function deliver(
  deps: ServiceDeps,
  exchange: { readonly userId: string; readonly requestId: string },
  decision: DeliverableDecision,
): void {
  const { userId, requestId } = exchange;
  const message = decisionDeliver(deps, requestId, decision);
  const key = exchangeKey(userId, requestId);
  // Waits that end together are one delivery, whatever their number (EXCH-040, EXCH-050).
  if (deps.waiters.wake(key, JSON.stringify(message)) > 0) {
    deps.deliveries.reserve(key, decision.decidedAt, decision.expiresAt);
  }
  deps.channels.toEnforcer({ userId, appId: decision.appId, enforcerId: decision.enforcerId }, message);
}

/** `decision.submit`, over HTTP or as a frame; answers `decision.accepted`. */
export async function submitDecision(
  deps: ServiceDeps,
  principal: ApproverPrincipal,
  message: JsonObject,
): Promise<JsonObject> {
  const parsed = parseRequest(decisionSubmitSchema, message);
  const { requestId, body } = parsed;
  const { userId } = principal;
  try {
    return await concerning(requestId, async () => {
      const { deliver: decision } = await deps.store.run('decideExchange', {
        userId,
        requestId,
        approverId: actingApprover(principal, parsed.sender.approverId),
        artifactHash: body.artifactHash,
        decision: body.decision,
        signerKeyId: body.signerKeyId,
        nonce: body.nonce,
        signature: body.signature,
        body: deliveredBody(message),
        msgId: newMsgId(deps.ports),
        now: deps.ports.now(),
      });
      if (decision !== undefined) deliver(deps, { userId, requestId }, decision);
      return envelope(deps, {
        msgType: 'decision.accepted',
        requestId,
        body: { state: 'Decided' },
      });
    });
  } catch (error) {
    if (error instanceof GatewayError && error.code !== 'unavailable') {
      deps.audit({
        kind: 'decision.refused',
        userId,
        details: { requestId, code: error.code },
      });
    }
    throw error;
  }
}
