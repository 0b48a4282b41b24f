import { formatTime, type JsonObject, parseTime, patCreateRequestSchema } from '@airlock/protocol';
import { parseRequest, pathParam } from '../http/parse.js';
import type { Reply, Route, RouteRequest } from '../http/route.js';
import { issuePat } from '../identity/accounts.js';
import type { PatRecord } from '../identity/commands/pats.js';
import { present } from '../identity/present.js';
import type { IdentityServices } from '../identity/services.js';
import type { ApproverPrincipal } from '../principal.js';

function patItem(pat: PatRecord): JsonObject {
  const { tokenId, name, prefix, appId, lastUsedAt } = pat;
  return {
    tokenId,
    name,
    prefix,
    createdAt: formatTime(pat.createdAt),
    expiresAt: formatTime(pat.expiresAt),
    ...(appId !== undefined && { appId }),
    ...(lastUsedAt !== undefined && { lastUsedAt: formatTime(lastUsedAt) }),
  };
}

function create(services: IdentityServices) {
  return async ({ body, principal, now }: RouteRequest<ApproverPrincipal>): Promise<Reply> => {
    const { name, expiresAt, appId } = parseRequest(patCreateRequestSchema, body);
    const pat = await issuePat(
      services,
      {
        userId: principal.userId,
        role: 'enforcer',
        name,
        expiresAt: parseTime(expiresAt),
        ...present({ appId }),
      },
      now,
    );
    return { status: 201, body: { ...patItem(pat), token: pat.token } };
  };
}

/** Personal access tokens (15.1); the ones made here are enforcers (AUTH-070). */
export function patRoutes(services: IdentityServices): readonly Route[] {
  return [
    { method: 'POST', path: '/v1/pats', auth: 'A', handle: create(services) },
    {
      method: 'GET',
      path: '/v1/pats',
      auth: 'A',
      handle: async ({ principal }) => {
        const pats = await services.store.run('listPats', { userId: principal.userId });
        return { status: 200, body: { items: pats.map(patItem) } };
      },
    },
    {
      method: 'DELETE',
      path: '/v1/pats/:tokenId',
      auth: 'A',
      handle: async ({ params, principal, now }) => {
        const tokenId = pathParam(params, 'tokenId');
        await services.store.run('revokePat', { tokenId, userId: principal.userId, now });
        return { status: 204 };
      },
    },
  ];
}
