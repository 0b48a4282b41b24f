import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { DeviceService } from '../device-service.js';
import type { IssuedTokens, TokenService } from '../token-service.js';
import type { loadProviderLibrary } from './load-provider.js';

type Errors = Awaited<ReturnType<typeof loadProviderLibrary>>['errors'];

export interface GrantDeps {
  readonly errors: Errors;
  readonly tokens: TokenService;
  readonly devices: DeviceService;
  readonly now: () => number;
}

function parameter(ctx: KoaContextWithOIDC, name: string, errors: Errors): string {
  const value = ctx.oidc.params?.[name];
  if (typeof value !== 'string' || value === '') {
    throw new errors.InvalidRequest(`missing required parameter '${name}'`);
  }
  return value;
}

function presentedClient(ctx: KoaContextWithOIDC, errors: Errors): string {
  const clientId = ctx.oidc.client?.clientId;
  if (clientId === undefined) throw new errors.InvalidClient('client not found');
  return clientId;
}

function tokenResponse(tokens: IssuedTokens): Readonly<Record<string, string | number>> {
  return {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    token_type: 'Bearer',
    expires_in: tokens.expiresIn,
    scope: tokens.scope,
  };
}

/** RFC 8628 with the pace that the library leaves out (AUTH-140). */
async function deviceGrant(ctx: KoaContextWithOIDC, deps: GrantDeps): Promise<void> {
  const { errors } = deps;
  const outcome = await deps.devices.poll(
    {
      deviceCode: parameter(ctx, 'device_code', errors),
      clientId: presentedClient(ctx, errors),
    },
    deps.now(),
  );
  switch (outcome.kind) {
    case 'granted':
      ctx.body = tokenResponse(outcome.tokens);
      return;
    case 'pending':
      throw new errors.AuthorizationPending();
    case 'slow_down':
      throw new errors.SlowDown();
    case 'expired':
      throw new errors.ExpiredToken('device code is expired');
    case 'denied':
      throw new errors.AccessDenied('the user refused');
    case 'unknown':
      throw new errors.InvalidGrant('device code is unknown or used');
  }
}

/** Rotation without a grace period: on this route a second use of a token is a theft (AUTH-120). */
async function refreshGrant(ctx: KoaContextWithOIDC, deps: GrantDeps): Promise<void> {
  const { errors } = deps;
  const now = deps.now();
  const outcome = await deps.tokens.refresh(
    {
      refreshToken: parameter(ctx, 'refresh_token', errors),
      clientId: presentedClient(ctx, errors),
      graceMs: 0,
    },
    now,
  );
  if (outcome.kind === 'ok') {
    ctx.body = tokenResponse(outcome.tokens);
    return;
  }
  throw new errors.InvalidGrant('refresh token is unknown, used, expired or revoked');
}

/** Puts the two grants that both families of routes share in place of the library's own. */
export function registerGrants(provider: Provider, deps: GrantDeps): void {
  provider.registerGrantType(
    'urn:ietf:params:oauth:grant-type:device_code',
    (ctx) => deviceGrant(ctx, deps),
    ['device_code', 'resource'],
    ['resource'],
  );
  provider.registerGrantType(
    'refresh_token',
    (ctx) => refreshGrant(ctx, deps),
    ['refresh_token', 'scope', 'resource'],
    ['resource'],
  );
}
