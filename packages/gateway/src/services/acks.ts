import { type JsonObject, ackReceivedSchema } from '@airlock/protocol';
import { envelope } from '../http/envelopes.js';
import { parseRequest } from '../http/parse.js';
import { exchangeKey } from '../live/waiters.js';
import { type Principal, appKey } from '../principal.js';
import type { ServiceDeps } from './deps.js';

const STATUSES = new Set(['delivered', 'received', 'processed']);

/** `ack.submit`, over HTTP or as a frame: whatever does not name a delivered decision changes nothing (section 13). */
export async function submitAck(deps: ServiceDeps, principal: Principal, message: JsonObject): Promise<JsonObject> {
  const { requestId, body } = parseRequest(ackReceivedSchema, message);
  const msgId = body?.msgId ?? '';
  if (principal.role === 'enforcer' && msgId !== '' && STATUSES.has(body?.status ?? '')) {
    const { userId } = principal;
    const { delivered } = await deps.store.run('acknowledgeDecision', {
      userId,
      appId: appKey(principal),
      requestId,
      msgId,
      now: deps.ports.now(),
    });
    if (delivered) deps.deliveries.forget(exchangeKey(userId, requestId));
  }
  return envelope(deps, { msgType: 'ack.accepted', requestId, body: {} });
}
