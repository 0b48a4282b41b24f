import {
  isPairingNonce,
  LIMITS,
  formatTime,
  pairingCompleteRequestSchema,
  pairingPreGenerateRequestSchema,
  pairingRejectRequestSchema,
} from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { parseRequest, pathParam } from '../http/parse.js';
import type { RateLimits } from '../http/rate-limits.js';
import type { Route, RouteOf } from '../http/route.js';
import { newId, newPairingNonce, newRoutingToken } from '../ids.js';
import { secretHash } from '../services/artifacts.js';
import { actingApprover } from '../services/decisions.js';
import type { ServiceDeps } from '../services/deps.js';
import { guardedCode } from '../services/pairing-codes.js';
import { rawKey, responseSigner, typedCode } from '../services/pairing-requests.js';
import { codeCandidates } from './pairing-enforcer.js';

function preGenerateRoute(deps: ServiceDeps): RouteOf<'A'> {
  return {
    method: 'POST',
    path: '/v1/pairing/pre-generate',
    auth: 'A',
    handle: async ({ principal, body, now }) => {
      const said = parseRequest(pairingPreGenerateRequestSchema, body);
      const approverId = actingApprover(principal, said.approverId);
      const { userId } = principal;
      if (!(await deps.store.run('approverExists', { userId, approverId }))) {
        throw new GatewayError('NotFound', 'No such approver');
      }
      const nonce = newPairingNonce(deps.ports);
      const expiresAt = now + LIMITS.pairingPreGeneratedMs;
      const { code } = await deps.store.run('preGeneratePairing', {
        userId,
        nonce,
        codes: codeCandidates(deps),
        now,
        expiresAt,
        approverId,
        ...(said.note === undefined ? {} : { note: said.note }),
      });
      const body201 = { pairingCode: code, pairingNonce: nonce, expiresAt: formatTime(expiresAt) };
      return { status: 201, body: body201 };
    },
  };
}

function resolveRoute(deps: ServiceDeps, limits: RateLimits): RouteOf<'A'> {
  return {
    method: 'GET',
    path: '/v1/pairing/resolve/:code',
    auth: 'A',
    handle: async ({ principal, params, now }) => {
      const given = pathParam(params, 'code');
      const { userId } = principal;
      const selected = isPairingNonce(given) ? { nonce: given } : { code: typedCode(given) ?? '' };
      const session = await guardedCode(limits, userId, () =>
        deps.store.run('resolvePairing', { userId, ...selected, now }),
      );
      const key = session.x25519Key;
      return {
        status: 200,
        body: {
          nonce: session.nonce,
          pairingNonce: session.nonce,
          state: session.state,
          enforcerId: session.enforcerId,
          deviceId: session.deviceId,
          enforcerLabel: session.enforcerLabel,
          workspaceName: session.workspaceName,
          ...(key === '' ? {} : { publicKey: key, x25519PublicKey: key }),
          gatewayUrl: session.gatewayUrl,
          expiresAt: formatTime(session.expiresAt),
        },
      };
    },
  };
}

function completeRoute(deps: ServiceDeps): RouteOf<'A'> {
  return {
    method: 'POST',
    path: '/v1/pairing/complete',
    auth: 'A',
    handle: async ({ principal, body, now }) => {
      const said = parseRequest(pairingCompleteRequestSchema, body);
      const approverId = actingApprover(principal, said.approverId);
      const publicKey = rawKey(said.publicKey, 'Ed25519', 'publicKey');
      const signerKeyId = responseSigner(said.responseJson, { nonce: said.nonce, publicKey });
      const pairingId = newId(deps.ports, 'pair');
      const routingToken = newRoutingToken(deps.ports);
      const completed = await deps.store.run('completePairing', {
        userId: principal.userId,
        nonce: said.nonce,
        approverId,
        publicKey,
        signerKeyId,
        responseJson: said.responseJson,
        pairingId,
        routingToken,
        routingTokenHash: secretHash(routingToken),
        now,
      });
      deps.events.revoked(completed.replaced, 'operator', 'Replaced by a new pairing');
      return {
        status: 200,
        body: {
          pairingId,
          routingToken,
          enforcerId: completed.enforcerId,
          enforcerLabel: completed.enforcerLabel,
          workspaceName: completed.workspaceName,
        },
      };
    },
  };
}

function listRoute(deps: ServiceDeps): RouteOf<'A'> {
  return {
    method: 'GET',
    path: '/v1/pairings',
    auth: 'A',
    handle: async ({ principal }) => {
      const listed = await deps.store.run('listPairings', { userId: principal.userId });
      const items = listed.map(({ createdAt, ...rest }) => ({
        ...rest,
        createdAt: formatTime(createdAt),
      }));
      return { status: 200, body: { items } };
    },
  };
}

/** The approver's half of section 9.1. */
export function approverPairingRoutes(deps: ServiceDeps, limits: RateLimits): readonly Route[] {
  return [
    preGenerateRoute(deps),
    resolveRoute(deps, limits),
    completeRoute(deps),
    {
      method: 'POST',
      path: '/v1/pairing/reject',
      auth: 'A',
      handle: async ({ principal, body, now }) => {
        const { nonce } = parseRequest(pairingRejectRequestSchema, body);
        await deps.store.run('rejectPairing', { userId: principal.userId, nonce, now });
        return { status: 200, body: { status: 'revoked' } };
      },
    },
    listRoute(deps),
    {
      method: 'DELETE',
      path: '/v1/pairings/:pairingId',
      auth: 'A',
      handle: async ({ principal, params, now }) => {
        const pairingId = pathParam(params, 'pairingId');
        const args = { userId: principal.userId, pairingId, now };
        const revocation = await deps.store.run('revokePairingById', args);
        deps.events.revoked(revocation, 'approver', 'Removed by the approver');
        return { status: 204 };
      },
    },
  ];
}
