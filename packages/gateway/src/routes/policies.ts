import type { JsonObject } from '@airlock/protocol';
import { envelope } from '../http/envelopes.js';
import { pathParam, queryParam } from '../http/parse.js';
import type { Route, RouteOf } from '../http/route.js';
import type { ServiceDeps } from '../services/deps.js';
import { acceptPolicy } from '../services/policies.js';

function documents(texts: readonly string[]): readonly JsonObject[] {
  return texts.map((text): JsonObject => JSON.parse(text));
}

function effectiveRoute(deps: ServiceDeps): RouteOf<'E'> {
  return {
    method: 'GET',
    path: '/v1/policy/dnd/effective',
    auth: 'E',
    handle: async ({ principal, query, now }) => {
      const found = await deps.store.run('effectivePolicies', {
        userId: principal.userId,
        enforcerId: queryParam(query, 'enforcerId'),
        workspaceId: query.get('workspaceId') ?? '',
        sessionId: query.get('sessionId') ?? '',
        now,
      });
      const requestId = `dnd-${deps.ports.uuid()}`;
      const body = documents(found);
      const message = { msgType: 'dnd.policy.effective', requestId, body } as const;
      return { status: 200, body: envelope(deps, message) };
    },
  };
}

/** Section 14: the gateway stores and selects policies, it never makes one (DND-040). */
export function policyRoutes(deps: ServiceDeps): readonly Route[] {
  return [
    effectiveRoute(deps),
    {
      method: 'POST',
      path: '/v1/policy/dnd',
      auth: 'A',
      handle: async ({ principal, body, now }) => {
        const accepted = await acceptPolicy(deps, { principal, received: body }, now);
        const requestId = accepted.policyId;
        const message = { msgType: 'dnd.policy.accepted', requestId, body: accepted } as const;
        return { status: 201, body: envelope(deps, message) };
      },
    },
    {
      method: 'GET',
      path: '/v1/policy/dnd',
      auth: 'A',
      handle: async ({ principal, now }) => {
        const found = await deps.store.run('listPolicies', { userId: principal.userId, now });
        const requestId = `dnd-${deps.ports.uuid()}`;
        const body = documents(found);
        const message = { msgType: 'dnd.policy.list', requestId, body } as const;
        return { status: 200, body: envelope(deps, message) };
      },
    },
    {
      method: 'DELETE',
      path: '/v1/policy/dnd/:policyId',
      auth: 'A',
      handle: async ({ principal, params, now }) => {
        const policyId = pathParam(params, 'policyId');
        await deps.store.run('deletePolicy', { userId: principal.userId, policyId, now });
        return { status: 204 };
      },
    },
  ];
}
