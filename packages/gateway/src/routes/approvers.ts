import { type JsonObject, formatTime } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { envelope } from '../http/envelopes.js';
import { cursorOf, pageLimit, pathParam, pathRequestId, positionOf } from '../http/parse.js';
import type { Route, RouteOf } from '../http/route.js';
import type { ApproverPrincipal } from '../principal.js';
import { approvalRequest } from '../services/approval-request.js';
import { actingApprover } from '../services/decisions.js';
import type { ServiceDeps } from '../services/deps.js';
import type { HistoryItem } from '../store/commands/exchange-read.js';

const NEWEST = Number.MAX_SAFE_INTEGER;

/** The device of a path, if the principal may act for it. */
async function deviceOf(
  deps: ServiceDeps,
  principal: ApproverPrincipal,
  params: Readonly<Record<string, string>>,
): Promise<string> {
  const approverId = actingApprover(principal, pathParam(params, 'approverId'));
  const { userId } = principal;
  if (principal.approverId === approverId) return approverId;
  if (await deps.store.run('approverExists', { userId, approverId })) return approverId;
  throw new GatewayError('NotFound', 'No such approver');
}

function inboxRoute(deps: ServiceDeps, path: string, command: 'inboxPage' | 'expiredInboxPage'): RouteOf<'A'> {
  return {
    method: 'GET',
    path,
    auth: 'A',
    handle: async ({ principal, params, query, now }) => {
      const approverId = await deviceOf(deps, principal, params);
      const page = await deps.store.run(command, {
        userId: principal.userId,
        approverId,
        after: positionOf(query, 0),
        limit: pageLimit(query),
        now,
      });
      const body = {
        items: page.items.map((item) => approvalRequest(deps, item)),
        nextCursor: cursorOf(page.next),
      };
      const requestId = `inbox-${deps.ports.uuid()}`;
      return { status: 200, body: envelope(deps, { msgType: 'inbox.page', requestId, body }) };
    },
  };
}

function parsedObject(json: string | undefined, name: string): JsonObject {
  if (json === undefined) return {};
  const value: JsonObject = JSON.parse(json);
  return { [name]: value };
}

function historyBody(item: HistoryItem): JsonObject {
  return {
    requestId: item.requestId,
    artifactType: item.artifactType,
    artifactHash: item.artifactHash,
    state: item.state,
    createdAt: formatTime(item.createdAt),
    expiresAt: formatTime(item.expiresAt),
    ...(item.decidedAt === undefined ? {} : { decidedAt: formatTime(item.decidedAt) }),
    ...parsedObject(item.decision, 'decision'),
    ...(item.pairingId === undefined ? {} : { pairingId: item.pairingId }),
    enforcerId: item.enforcerId,
    ...(item.enforcerLabel === undefined ? {} : { enforcerLabel: item.enforcerLabel }),
    ...parsedObject(item.display, 'metadata'),
    ...(item.audit === undefined ? {} : { audit: item.audit }),
  };
}

function historyRoute(deps: ServiceDeps): RouteOf<'A'> {
  return {
    method: 'GET',
    path: '/v1/history',
    auth: 'A',
    handle: async ({ principal, query, now }) => {
      const { userId, approverId } = principal;
      const state = query.get('state') ?? '';
      const enforcerId = query.get('enforcerId') ?? '';
      const page = await deps.store.run('historyPage', {
        userId,
        ...(approverId === undefined ? {} : { approverId }),
        before: positionOf(query, NEWEST),
        limit: pageLimit(query),
        state,
        enforcerId,
        now,
      });
      const body = { items: page.items.map(historyBody), nextCursor: cursorOf(page.next) };
      const requestId = `hist-${deps.ports.uuid()}`;
      return { status: 200, body: envelope(deps, { msgType: 'history.page', requestId, body }) };
    },
  };
}

/** The reading half of section 15.1, and the end of a device. */
export function approverRoutes(deps: ServiceDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/approvers',
      auth: 'A',
      handle: async ({ principal }) => {
        const listed = await deps.store.run('listApprovers', { userId: principal.userId });
        const items = listed.map((item) => ({
          approverId: item.approverId,
          approverLabel: item.label,
          publicKey: item.publicKey,
          createdAt: formatTime(item.createdAt),
          ...(item.lastSeenAt === undefined ? {} : { lastSeenAt: formatTime(item.lastSeenAt) }),
        }));
        return { status: 200, body: { items } };
      },
    },
    {
      method: 'DELETE',
      path: '/v1/approvers/:approverId',
      auth: 'A',
      handle: async ({ principal, params, now }) => {
        const approverId = pathParam(params, 'approverId');
        const args = { userId: principal.userId, approverId, now };
        const revocation = await deps.store.run('deleteApprover', args);
        deps.events.revoked(revocation, 'approver', 'The approver was removed');
        return { status: 204 };
      },
    },
    inboxRoute(deps, '/v1/approvers/:approverId/inbox', 'inboxPage'),
    inboxRoute(deps, '/v1/approvers/:approverId/inbox/expired', 'expiredInboxPage'),
    {
      method: 'DELETE',
      path: '/v1/approvers/:approverId/inbox/:requestId',
      auth: 'A',
      handle: async ({ principal, params }) => {
        const approverId = await deviceOf(deps, principal, params);
        const requestId = pathRequestId(params);
        await deps.store.run('dismissInboxItem', {
          userId: principal.userId,
          approverId,
          requestId,
        });
        return { status: 204 };
      },
    },
    historyRoute(deps),
  ];
}
