import { type JsonObject, heartbeatRequestSchema } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { parseRequest, pathParam, queryParam } from '../http/parse.js';
import type { Route } from '../http/route.js';
import { addressOf } from '../live/channels.js';
import type { ServiceDeps } from '../services/deps.js';

/** Section 10 without its channels. */
export function presenceRoutes(deps: ServiceDeps): readonly Route[] {
  const list = (userId: string, now: number): readonly JsonObject[] => deps.presence.list(userId, now);
  return [
    {
      method: 'POST',
      path: '/v1/presence/heartbeat',
      auth: 'E',
      handle: async ({ principal, body, now }) => {
        const said = parseRequest(heartbeatRequestSchema, body);
        deps.presence.heartbeat(addressOf(principal, said.enforcerId), said, now);
        return { status: 200, body: { status: 'ok' } };
      },
    },
    {
      method: 'GET',
      path: '/v1/presence/enforcers',
      auth: 'A',
      handle: async ({ principal, query, now }) => {
        const tenantId = queryParam(query, 'tenantId');
        if (tenantId !== 'me' && tenantId !== principal.userId) {
          throw new GatewayError('NotFound', 'No such tenant');
        }
        return { status: 200, body: list(principal.userId, now) };
      },
    },
    {
      method: 'GET',
      path: '/v1/presence/enforcers/:enforcerDeviceId',
      auth: 'A',
      handle: async ({ principal, params, now }) => {
        const id = pathParam(params, 'enforcerDeviceId');
        const found = list(principal.userId, now).find((entry) => entry['enforcerDeviceId'] === id);
        if (found === undefined) throw new GatewayError('NotFound', 'No such enforcer');
        return { status: 200, body: found };
      },
    },
  ];
}
