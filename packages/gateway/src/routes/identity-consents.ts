import { consentDecideRequestSchema, formatTime, type JsonObject } from '@airlock/protocol';
import { parseRequest, pathParam } from '../http/parse.js';
import type { Reply, Route, RouteRequest } from '../http/route.js';
import type { ConsentRecord } from '../identity/commands/consents.js';
import type { IdentityServices } from '../identity/services.js';
import type { ApproverPrincipal } from '../principal.js';

function consentItem({ requestedAt, decidedAt, ...consent }: ConsentRecord): JsonObject {
  return {
    ...consent,
    requestedAt: formatTime(requestedAt),
    ...(decidedAt !== undefined && { decidedAt: formatTime(decidedAt) }),
  };
}

/** Whoever arrives here has consent: the check comes before every route (CONS-060). */
async function status(): Promise<Reply> {
  return { status: 200, body: { status: 'approved' } };
}

function decide(services: IdentityServices) {
  return async ({ params, body, principal, now }: RouteRequest<ApproverPrincipal>): Promise<Reply> => {
    const consentId = pathParam(params, 'consentId');
    const { decision } = parseRequest(consentDecideRequestSchema, body);
    const { state, revocation } = await services.store.run('decideConsent', {
      consentId,
      userId: principal.userId,
      decision,
      now,
    });
    services.events.revoked(revocation, 'approver', 'The user revoked the consent');
    return { status: 200, body: { consentId, state } };
  };
}

/** Section 8. */
export function consentRoutes(services: IdentityServices): readonly Route[] {
  return [
    { method: 'GET', path: '/v1/consent/status', auth: 'E', handle: status },
    { method: 'GET', path: '/v1/consents/check', auth: 'E', handle: status },
    {
      method: 'GET',
      path: '/v1/consents',
      auth: 'A',
      handle: async ({ principal }) => {
        const { userId } = principal;
        const consents = await services.store.run('listConsents', { userId });
        return { status: 200, body: { items: consents.map(consentItem) } };
      },
    },
    {
      method: 'POST',
      path: '/v1/consents/:consentId/decide',
      auth: 'A',
      handle: decide(services),
    },
  ];
}
