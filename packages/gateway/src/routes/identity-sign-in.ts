import {
  deviceVerifyRequestSchema,
  formatTime,
  LIMITS,
  OIDC_CLIENT_ID,
  refreshTokenRequestSchema,
} from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { parseRequest, pathParam } from '../http/parse.js';
import type { Reply, Route, RouteRequest } from '../http/route.js';
import { DEFAULT_SCOPE } from '../identity/clients.js';
import { secretHash } from '../identity/secrets.js';
import type { IdentityServices } from '../identity/services.js';
import type { IssuedTokens } from '../identity/token-service.js';
import { guessUserCode, typedUserCode } from '../identity/user-codes.js';
import type { ApproverPrincipal } from '../principal.js';

type Handler = (request: RouteRequest<unknown>) => Promise<Reply>;

const PLUGIN_LABEL = 'Plugin sign-in';

function tokenMembers({ accessToken, refreshToken, expiresIn }: IssuedTokens) {
  return { accessToken, refreshToken, expiresIn };
}

function deviceStart(services: IdentityServices): Handler {
  return async ({ address, now }) => {
    const grant = await services.devices.begin(
      { clientId: OIDC_CLIENT_ID, label: PLUGIN_LABEL, scope: DEFAULT_SCOPE, address },
      now,
    );
    return {
      status: 200,
      body: {
        ...grant,
        expiresIn: LIMITS.deviceCodeMs / 1000,
        interval: LIMITS.deviceIntervalMs / 1000,
      },
    };
  };
}

/** AUTH-170: 200 in every case, also for a body that names no code. */
function deviceToken(services: IdentityServices): Handler {
  const unfinished = (error: string): Reply => ({ status: 200, body: { completed: false, error } });
  return async ({ body, now }) => {
    const { deviceCode } = body;
    if (typeof deviceCode !== 'string') return unfinished('expired_token');
    const poll = await services.devices.poll({ deviceCode, clientId: OIDC_CLIENT_ID }, now);
    switch (poll.kind) {
      case 'granted':
        return { status: 200, body: { completed: true, ...tokenMembers(poll.tokens) } };
      case 'pending':
        return unfinished('authorization_pending');
      case 'slow_down':
        return unfinished('slow_down');
      case 'denied':
        return unfinished('access_denied');
      case 'expired':
      case 'unknown':
        return unfinished('expired_token');
    }
  };
}

function refresh(services: IdentityServices): Handler {
  return async ({ body, now }) => {
    const { refreshToken } = parseRequest(refreshTokenRequestSchema, body);
    const outcome = await services.tokens.refresh({ refreshToken, graceMs: LIMITS.refreshReuseGraceMs }, now);
    if (outcome.kind !== 'ok') {
      throw new GatewayError('unauthorized', 'The refresh token is unknown, used, expired or revoked');
    }
    return { status: 200, body: tokenMembers(outcome.tokens) };
  };
}

function logout(services: IdentityServices): Handler {
  return async ({ body, now }) => {
    const { refreshToken } = parseRequest(refreshTokenRequestSchema, body);
    await services.store.run('revokeByRefreshToken', { tokenHash: secretHash(refreshToken), now });
    return { status: 200, body: { status: 'signed_out' } };
  };
}

function devicePending(services: IdentityServices) {
  return async ({ params, principal, now }: RouteRequest<ApproverPrincipal>): Promise<Reply> => {
    const userCode = typedUserCode(pathParam(params, 'userCode'));
    const guess = { key: principal.userId, now };
    const pending = await guessUserCode(services.limiters, guess, async () => {
      const found = await services.store.run('findPendingDevice', { userCode, now });
      if (found === undefined) {
        throw new GatewayError('NotFound', 'The code is unknown, decided or expired');
      }
      return found;
    });
    return { status: 200, body: { ...pending, requestedAt: formatTime(pending.requestedAt) } };
  };
}

function deviceVerify(services: IdentityServices) {
  return async ({ body, principal, now }: RouteRequest<ApproverPrincipal>): Promise<Reply> => {
    const { userCode, decision } = parseRequest(deviceVerifyRequestSchema, body);
    const { userId } = principal;
    await guessUserCode(services.limiters, { key: userId, now }, () =>
      services.store.run('decideDevice', {
        userCode: typedUserCode(userCode),
        userId,
        decision,
        now,
      }),
    );
    return { status: 200, body: { status: decision === 'allow' ? 'allowed' : 'denied' } };
  };
}

/** The gateway-relative token family (section 7.4). */
export function signInRoutes(services: IdentityServices): readonly Route[] {
  const refreshRoute = refresh(services);
  return [
    { method: 'POST', path: '/v1/auth/device', auth: '-', emptyBody: true, handle: deviceStart(services) },
    { method: 'POST', path: '/v1/auth/device/token', auth: '-', emptyBody: true, handle: deviceToken(services) },
    { method: 'POST', path: '/v1/auth/enforcer/refresh', auth: '-', handle: refreshRoute },
    { method: 'POST', path: '/v1/auth/refresh', auth: '-', handle: refreshRoute },
    { method: 'POST', path: '/v1/auth/logout', auth: '-', handle: logout(services) },
    { method: 'GET', path: '/v1/auth/device/pending/:userCode', auth: 'A', handle: devicePending(services) },
    { method: 'POST', path: '/v1/auth/device/verify', auth: 'A', handle: deviceVerify(services) },
  ];
}
