import {
  type HeartbeatRequest,
  heartbeatResponseSchema,
  presenceListSchema,
  presenceRecordSchema,
  ticketResponseSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { GET, RESEND } from './methods.js';
import type { Plain } from './plain.js';

/** Who is connected (section 10). Information only: never a reason for a decision (PRES-030). */
export type PresenceArea = ReturnType<typeof presenceArea>;

export function presenceArea(caller: Caller) {
  return {
    /** `POST /v1/presence/heartbeat` (E): every 30 s while there is no channel (PRES-010). */
    heartbeat: (request: Plain<HeartbeatRequest>, options?: CallOptions) =>
      caller.call(
        { ...RESEND, path: '/v1/presence/heartbeat', body: request, read: bodyOf(heartbeatResponseSchema) },
        options,
      ),
    /** `GET /v1/presence/enforcers` (A) of the own user, `me` when no id is given. */
    list: (tenantId = 'me', options?: CallOptions) =>
      caller.call(
        { ...GET, path: '/v1/presence/enforcers', query: { tenantId }, read: bodyOf(presenceListSchema) },
        options,
      ),
    /** `GET /v1/presence/enforcers/{enforcerDeviceId}` (A). */
    get: (enforcerDeviceId: string, options?: CallOptions) =>
      caller.call(
        { ...GET, path: path`/v1/presence/enforcers/${enforcerDeviceId}`, read: bodyOf(presenceRecordSchema) },
        options,
      ),
    /** `POST /v1/ws/ticket`: single use, 30 s (GW-400). */
    ticket: (options?: CallOptions) =>
      caller.call({ ...RESEND, path: '/v1/ws/ticket', body: {}, read: bodyOf(ticketResponseSchema) }, options),
  };
}
