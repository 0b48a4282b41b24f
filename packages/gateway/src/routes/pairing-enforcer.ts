import {
  type JsonObject,
  LIMITS,
  formatTime,
  pairingClaimRequestSchema,
  pairingInitiateRequestSchema,
  pairingRevokeRequestSchema,
  pairingStatusBatchRequestSchema,
} from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { envelope } from '../http/envelopes.js';
import { parseRequest, pathParam } from '../http/parse.js';
import type { RateLimits } from '../http/rate-limits.js';
import type { Route, RouteOf } from '../http/route.js';
import { newPairingCode, newPairingNonce } from '../ids.js';
import { type EnforcerPrincipal, appKey } from '../principal.js';
import { secretHash } from '../services/artifacts.js';
import type { ServiceDeps } from '../services/deps.js';
import { guardedCode } from '../services/pairing-codes.js';
import { rawKey, typedCode } from '../services/pairing-requests.js';
import type { SessionStatus } from '../store/commands/pairing-session-life.js';
import type { EnforcerFacts } from '../store/commands/pairing-sessions.js';

interface Introduction {
  readonly deviceId: string;
  readonly enforcerId: string;
  readonly enforcerLabel?: string | undefined;
  readonly workspaceName?: string | undefined;
  readonly x25519PublicKey?: string | undefined;
  /** Another name of the same key (PAIR-010). */
  readonly publicKey?: string | undefined;
}

function facts(deps: ServiceDeps, principal: EnforcerPrincipal, said: Introduction): EnforcerFacts {
  const key = said.x25519PublicKey ?? said.publicKey;
  return {
    appId: appKey(principal),
    deviceId: said.deviceId,
    enforcerId: said.enforcerId,
    enforcerLabel: said.enforcerLabel ?? '',
    workspaceName: said.workspaceName ?? '',
    ...(key === undefined ? {} : { x25519Key: rawKey(key, 'X25519', 'x25519PublicKey') }),
    gatewayUrl: deps.publicUrl(),
  };
}

/** Candidates for a code, so that meeting a live one costs no second round. */
export function codeCandidates(deps: ServiceDeps): readonly string[] {
  return Array.from({ length: 8 }, () => newPairingCode(deps.ports));
}

function initiateRoute(deps: ServiceDeps): RouteOf<'E'> {
  return {
    method: 'POST',
    path: '/v1/pairing/initiate',
    auth: 'E',
    handle: async ({ principal, body, now }) => {
      const said = parseRequest(pairingInitiateRequestSchema, body);
      const nonce = newPairingNonce(deps.ports);
      const expiresAt = now + LIMITS.pairingSessionMs;
      const { code } = await deps.store.run('initiatePairing', {
        userId: principal.userId,
        nonce,
        codes: codeCandidates(deps),
        now,
        expiresAt,
        enforcer: facts(deps, principal, said),
        maxWorkspaces: deps.config.limits.maxWorkspaces,
      });
      return {
        status: 201,
        body: {
          pairingNonce: nonce,
          pairingCode: code,
          deviceId: said.deviceId,
          gatewayUrl: deps.publicUrl(),
          expiresAt: formatTime(expiresAt),
          code,
          nonce,
        },
      };
    },
  };
}

function claimRoute(deps: ServiceDeps, limits: RateLimits): RouteOf<'E'> {
  return {
    method: 'POST',
    path: '/v1/pairing/claim',
    auth: 'E',
    handle: async ({ principal, body, now }) => {
      const said = parseRequest(pairingClaimRequestSchema, body);
      const given = said.pairingCode ?? said.code;
      if (given === undefined) throw new GatewayError('invalid_request', 'pairingCode is missing');
      const enforcer = facts(deps, principal, said);
      const { userId } = principal;
      const claimed = await guardedCode(limits, userId, () =>
        deps.store.run('claimPairing', {
          userId,
          code: typedCode(given) ?? '',
          now,
          enforcer,
          maxWorkspaces: deps.config.limits.maxWorkspaces,
        }),
      );
      const { approverId, nonce, expiresAt } = claimed;
      deps.channels.toApprover(userId, approverId, () =>
        envelope(deps, {
          msgType: 'pairing.claimed',
          requestId: `pair-${deps.ports.uuid()}`,
          recipient: { approverId },
          body: {
            pairingNonce: nonce,
            enforcerId: enforcer.enforcerId,
            enforcerLabel: enforcer.enforcerLabel,
            workspaceName: enforcer.workspaceName,
            expiresAt: formatTime(expiresAt),
          },
        }),
      );
      return { status: 200, body: { pairingNonce: nonce, expiresAt: formatTime(expiresAt) } };
    },
  };
}

function statusBody(status: SessionStatus): JsonObject {
  return {
    pairingNonce: status.nonce,
    state: status.state,
    responseJson: status.responseJson,
    routingToken: status.routingToken,
    expiresAt: formatTime(status.expiresAt),
  };
}

function statusRoutes(deps: ServiceDeps): readonly RouteOf<'E'>[] {
  const statuses = async (principal: EnforcerPrincipal, nonces: readonly string[], now: number) => {
    const args = { userId: principal.userId, appId: appKey(principal), nonces, now };
    return (await deps.store.run('pairingStatus', args)).map(statusBody);
  };
  return [
    {
      method: 'GET',
      path: '/v1/pairing/:nonce/status',
      auth: 'E',
      handle: async ({ principal, params, now }) => {
        const [body] = await statuses(principal, [pathParam(params, 'nonce')], now);
        if (body === undefined) throw new GatewayError('NotFound', 'No such pairing session');
        return { status: 200, body };
      },
    },
    {
      method: 'POST',
      path: '/v1/pairing/status-batch',
      auth: 'E',
      handle: async ({ principal, body, now }) => {
        const { nonces } = parseRequest(pairingStatusBatchRequestSchema, body);
        return { status: 200, body: { items: await statuses(principal, nonces, now) } };
      },
    },
  ];
}

function revokeRoute(deps: ServiceDeps): RouteOf<'E'> {
  return {
    method: 'POST',
    path: '/v1/pairing/revoke',
    auth: 'E',
    handle: async ({ principal, body, now }) => {
      const { routingToken } = parseRequest(pairingRevokeRequestSchema, body);
      const { enforcerId, revocation } = await deps.store.run('revokePairingByToken', {
        userId: principal.userId,
        appId: appKey(principal),
        routingTokenHash: secretHash(routingToken),
        now,
      });
      deps.events.revoked(revocation, 'enforcer', 'Removed by the enforcer');
      return {
        status: 200,
        body: { status: 'revoked', ...(enforcerId === undefined ? {} : { enforcerId }) },
      };
    },
  };
}

/** The enforcer's half of section 9.1. */
export function enforcerPairingRoutes(deps: ServiceDeps, limits: RateLimits): readonly Route[] {
  return [initiateRoute(deps), claimRoute(deps, limits), ...statusRoutes(deps), revokeRoute(deps)];
}
