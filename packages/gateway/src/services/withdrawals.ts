import { type JsonObject, formatTime } from '@airlock/protocol';
import { z } from 'zod';
import { envelope } from '../http/envelopes.js';
import { parseRequest } from '../http/parse.js';
import { type EnforcerPrincipal, appKey } from '../principal.js';
import type { ServiceDeps } from './deps.js';

const withdrawRequestSchema = z.object({ reason: z.string().max(1000).nullish() });

/** Withdraws a pending exchange, tells its approver, and answers `exchange.withdrawn` (EXCH-110). */
export async function withdrawExchange(
  deps: ServiceDeps,
  request: {
    readonly principal: EnforcerPrincipal;
    readonly requestId: string;
    readonly body: JsonObject;
    readonly now: number;
  },
): Promise<JsonObject> {
  const { principal, requestId, now } = request;
  const { reason } = parseRequest(withdrawRequestSchema, request.body);
  const { userId } = principal;
  const args = { userId, appId: appKey(principal), requestId, now };
  const { approverId } = await deps.store.run('withdrawExchange', args);
  const body = {
    state: 'Withdrawn',
    withdrawnAt: formatTime(now),
    reason: reason ?? 'Enforcer-initiated withdrawal',
  };
  const message = { msgType: 'exchange.withdrawn', requestId, body } as const;
  if (approverId !== undefined) {
    deps.channels.toApprover(userId, approverId, () => envelope(deps, { ...message, recipient: { approverId } }));
  }
  return envelope(deps, message);
}
