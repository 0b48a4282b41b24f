import { type JsonObject, LIMITS, formatTime } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { concerning, envelope } from '../http/envelopes.js';
import { pathRequestId, queryParam } from '../http/parse.js';
import type { Route, RouteOf } from '../http/route.js';
import type { ErrorDelays } from '../live/error-delays.js';
import { toEnforcerWithCopies } from '../live/notices.js';
import { type Principal, appKey } from '../principal.js';
import { submitAck } from '../services/acks.js';
import { submitArtifact } from '../services/artifacts.js';
import { submitDecision } from '../services/decisions.js';
import { type WaitDeps, waitForDecision, waitTimeout } from '../services/waits.js';
import type { ExchangeView, Viewer } from '../store/commands/exchange-read.js';
import { withdrawExchange } from '../services/withdrawals.js';

const HOLD_BACK_MS = 5000;

function viewer(principal: Principal): Viewer {
  if (principal.role === 'enforcer') return { userId: principal.userId, appId: appKey(principal) };
  const { userId, approverId } = principal;
  return approverId === undefined ? { userId } : { userId, approverId };
}

function statusBody(requestId: string, view: ExchangeView): JsonObject {
  const decision: JsonObject | undefined = view.decision === undefined ? undefined : JSON.parse(view.decision);
  return {
    requestId,
    state: view.state,
    createdAt: formatTime(view.createdAt),
    expiresAt: formatTime(view.expiresAt),
    artifactHash: view.artifactHash,
    ...(decision === undefined ? {} : { decision }),
  };
}

function getRoute(deps: WaitDeps): RouteOf<'EA'> {
  return {
    method: 'GET',
    path: '/v1/exchanges/:requestId',
    auth: 'EA',
    handle: async ({ principal, params, now }) => {
      const requestId = pathRequestId(params);
      return await concerning(requestId, async () => {
        const args = { viewer: viewer(principal), requestId, now };
        const view = await deps.store.run('getExchange', args);
        const body = statusBody(requestId, view);
        return { status: 200, body: envelope(deps, { msgType: 'exchange.status', requestId, body }) };
      });
    },
  };
}

function waitRoute(deps: WaitDeps, delays: ErrorDelays): RouteOf<'E'> {
  return {
    method: 'GET',
    path: '/v1/exchanges/:requestId/wait',
    auth: 'E',
    ownBudget: true,
    // Known by credential, not by principal: a refused credential has none (EXCH-060).
    holdErrorMs: ({ params, query, header, connection }, status) => {
      const who = header('x-pat') ?? header('authorization') ?? connection.address;
      const key = `${who} ${params['requestId'] ?? ''}`;
      if (status < 300) {
        delays.reset(key);
        return 0;
      }
      return delays.next(key, waitTimeout(query));
    },
    handle: async ({ principal, params, query, onGone }) => {
      const requestId = pathRequestId(params);
      return await concerning(requestId, async () => {
        const timeoutMs = waitTimeout(query);
        const found = await waitForDecision(deps, { principal, requestId, timeoutMs, onGone });
        return found === undefined ? { status: 204 } : { status: 200, bodyText: found };
      });
    },
  };
}

function withdrawRoute(deps: WaitDeps): RouteOf<'E'> {
  return {
    method: 'POST',
    path: '/v1/exchanges/:requestId/withdraw',
    auth: 'E',
    emptyBody: true,
    handle: async ({ principal, params, body, now }) => {
      const requestId = pathRequestId(params);
      return await concerning(requestId, async () => ({
        status: 200,
        body: await withdrawExchange(deps, { principal, requestId, body, now }),
      }));
    },
  };
}

function refreshRoute(deps: WaitDeps): RouteOf<'A'> {
  return {
    method: 'POST',
    path: '/v1/requests/:requestId/refresh',
    auth: 'A',
    emptyBody: true,
    handle: async ({ principal, params, query, now }) => {
      const requestId = pathRequestId(params);
      return await concerning(requestId, async () => {
        const enforcerId = queryParam(query, 'enforcerDeviceId');
        const args = { viewer: viewer(principal), requestId, now };
        const view = await deps.store.run('getExchange', args);
        if (view.enforcerId !== enforcerId) {
          throw new GatewayError('NotFound', 'No such exchange');
        }
        const reason = 'Approver asked for a fresh artifact';
        const message = toEnforcerWithCopies(deps, 'refresh.request', {
          requestId,
          enforcerId,
          reason,
        });
        const address = { userId: principal.userId, appId: view.appId, enforcerId };
        if (deps.channels.toEnforcer(address, message)) {
          return { status: 200, body: { status: 'forwarded' } };
        }
        throw new GatewayError('enforcer_offline', 'The enforcer is not connected');
      });
    },
  };
}

function submitRoutes(deps: WaitDeps): readonly Route[] {
  const artifact: RouteOf<'E'> = {
    method: 'POST',
    path: '/v1/artifacts',
    auth: 'E',
    maxBytes: LIMITS.requestBodyArtifactBytes,
    holdBackMs: HOLD_BACK_MS,
    handle: async ({ principal, body }) => ({
      status: 202,
      body: await submitArtifact(deps, principal, body),
    }),
  };
  const decision: RouteOf<'A'> = {
    method: 'POST',
    path: '/v1/decisions',
    auth: 'A',
    handle: async ({ principal, body }) => ({
      status: 200,
      body: await submitDecision(deps, principal, body),
    }),
  };
  // The names of HARP-TRANSPORT (GW-240).
  return [artifact, { ...artifact, path: '/v1/artifact' }, decision, { ...decision, path: '/v1/decision' }];
}

/** Sections 11 to 13 and the decision of section 15.1. */
export function exchangeRoutes(deps: WaitDeps, delays: ErrorDelays): readonly Route[] {
  return [
    ...submitRoutes(deps),
    getRoute(deps),
    waitRoute(deps, delays),
    withdrawRoute(deps),
    refreshRoute(deps),
    {
      method: 'POST',
      path: '/v1/acks',
      auth: 'EA',
      handle: async ({ principal, body }) => ({
        status: 200,
        body: await submitAck(deps, principal, body),
      }),
    },
  ];
}
