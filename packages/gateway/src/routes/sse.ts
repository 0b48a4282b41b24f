import { HARP_VERSION } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { pathParam } from '../http/parse.js';
import type { Reply, Route } from '../http/route.js';
import { actingApprover } from '../services/decisions.js';
import { eventStream, type EventStreamDeps, type StreamReader } from '../socket/event-stream.js';

function streamed(deps: EventStreamDeps, reader: StreamReader): Reply {
  const headers = {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-HARP-Version': HARP_VERSION,
  };
  return { status: 200, raw: new Response(eventStream(deps, reader), { headers }) };
}

/** Event streams: the channels of clients that cannot hold a WebSocket (section 10). */
export function sseRoutes(deps: EventStreamDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/sse/approvers/:approverId',
      auth: 'A',
      handle: async ({ principal, params, header }) => {
        const approverId = actingApprover(principal, pathParam(params, 'approverId'));
        const { userId } = principal;
        if (!(await deps.store.run('approverExists', { userId, approverId }))) {
          throw new GatewayError('NotFound', 'No such approver');
        }
        return streamed(deps, { party: { principal, approverId }, credentials: { get: header } });
      },
    },
    {
      method: 'GET',
      path: '/v1/sse/enforcers/:enforcerId',
      auth: 'E',
      handle: async ({ principal, params, header }) => {
        const enforcerId = pathParam(params, 'enforcerId');
        return streamed(deps, { party: { principal, enforcerId }, credentials: { get: header } });
      },
    },
  ];
}
