import { appCreateRequestSchema, appPatchRequestSchema, formatTime, type JsonObject } from '@airlock/protocol';
import { parseRequest, pathParam } from '../http/parse.js';
import type { Reply, Route, RouteRequest } from '../http/route.js';
import { assertAppDetails, registerApp, rotateSecret } from '../identity/accounts.js';
import type { AppRecord } from '../identity/commands/apps.js';
import { present } from '../identity/present.js';
import type { IdentityServices } from '../identity/services.js';
import type { ApproverPrincipal } from '../principal.js';

type ApproverRequest = RouteRequest<ApproverPrincipal>;

function appItem({ createdAt, allowedOrigins, ...app }: AppRecord): JsonObject {
  return {
    ...app,
    createdAt: formatTime(createdAt),
    ...(allowedOrigins !== undefined && { allowedOrigins }),
  };
}

function create(services: IdentityServices) {
  return async ({ body, principal, now }: ApproverRequest): Promise<Reply> => {
    const request = parseRequest(appCreateRequestSchema, body);
    const ownerId = principal.userId;
    const { clientSecret, ...app } = await registerApp(services, { ...request, ownerId }, now);
    return { status: 201, body: { ...appItem(app), ...present({ clientSecret }) } };
  };
}

function change(services: IdentityServices) {
  return async ({ params, body, principal, now }: ApproverRequest): Promise<Reply> => {
    const appId = pathParam(params, 'appId');
    const changes = parseRequest(appPatchRequestSchema, body);
    assertAppDetails(changes);
    const app = await services.store.run('updateApp', {
      appId,
      ownerId: principal.userId,
      changes: present(changes),
      now,
    });
    return { status: 200, body: appItem(app) };
  };
}

function revoke(services: IdentityServices) {
  return async ({ params, principal, now }: ApproverRequest): Promise<Reply> => {
    const appId = pathParam(params, 'appId');
    const ownerId = principal.userId;
    const revocation = await services.store.run('revokeApp', { appId, ownerId, now });
    services.events.revoked(revocation, 'operator', 'The app was deleted');
    return { status: 204 };
  };
}

/** Registered apps of the principal's user (15.1). */
export function appRoutes(services: IdentityServices): readonly Route[] {
  return [
    { method: 'POST', path: '/v1/apps', auth: 'A', handle: create(services) },
    {
      method: 'GET',
      path: '/v1/apps',
      auth: 'A',
      handle: async ({ principal }) => {
        const apps = await services.store.run('listApps', { ownerId: principal.userId });
        return { status: 200, body: { items: apps.map(appItem) } };
      },
    },
    { method: 'PATCH', path: '/v1/apps/:appId', auth: 'A', emptyBody: true, handle: change(services) },
    {
      method: 'POST',
      path: '/v1/apps/:appId/rotate-secret',
      auth: 'A',
      emptyBody: true,
      handle: async ({ params, principal, now }) => {
        const request = { appId: pathParam(params, 'appId'), ownerId: principal.userId };
        return { status: 200, body: { ...(await rotateSecret(services, request, now)) } };
      },
    },
    { method: 'DELETE', path: '/v1/apps/:appId', auth: 'A', handle: revoke(services) },
  ];
}
