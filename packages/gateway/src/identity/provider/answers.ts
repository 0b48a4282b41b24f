import { HARP_VERSION, isJsonObject } from '@airlock/protocol';
import type Provider from 'oidc-provider';

/** The words that a token request may fail with (AUTH-130). */
const TOKEN_ERRORS: ReadonlySet<string> = new Set([
  'authorization_pending',
  'slow_down',
  'expired_token',
  'access_denied',
  'invalid_grant',
  'invalid_client',
  'invalid_request',
]);

const CROSS_ORIGIN = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
];

const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

/** What this file touches of the library's context; `oidc` is there once a route of the provider matched. */
interface AnsweredContext {
  status: number;
  body?: unknown;
  readonly remove: (header: string) => void;
  readonly oidc?: {
    readonly route: string;
    readonly session?: { readonly destroy: () => Promise<void> };
  };
}

/** 400 and one of the seven words, whatever the library says; its own failures stay 5xx (ERR-050). */
function tokenFailure(ctx: AnsweredContext): void {
  const { body } = ctx;
  if (ctx.status < 400 || ctx.status >= 500) return;
  const error = isJsonObject(body) && typeof body['error'] === 'string' ? body['error'] : '';
  const description = isJsonObject(body) ? body['error_description'] : undefined;
  ctx.status = 400;
  ctx.remove('WWW-Authenticate');
  ctx.body = {
    error: TOKEN_ERRORS.has(error) ? error : 'invalid_request',
    ...(typeof description === 'string' && { error_description: description }),
  };
}

/** No session outlives an authorization: the next one asks for the login again. */
async function forgetSession(ctx: AnsweredContext): Promise<void> {
  if (ctx.oidc?.route === 'resume' && ctx.oidc.session !== undefined) await ctx.oidc.session.destroy();
}

/**
 * Gives the provider's answers the form of section 4: JSON type without parameters, `no-store`, our version header, no
 * cross-origin permission except to the approver page (GW-220); and the token endpoint that of AUTH-130.
 */
export function shapeAnswers(provider: Provider, settings: { readonly approverOrigin: string }): void {
  provider.use(async (ctx, next) => {
    const { state } = ctx.query;
    if (ctx.path === '/authorize' && (Array.isArray(state) || !UNRESERVED.test(state ?? ''))) {
      ctx.status = 400;
      ctx.body = {
        error: 'invalid_request',
        error_description: 'state may only hold RFC 3986 unreserved characters',
      };
    } else {
      await next();
    }
    if (ctx.status === 404 && !isJsonObject(ctx.body)) {
      ctx.status = 404;
      ctx.body = { error: 'NotFound', error_description: 'There is no such page' };
    }
    await forgetSession(ctx);
    if (ctx.path === '/token') tokenFailure(ctx);
    if (isJsonObject(ctx.body)) ctx.set('Content-Type', 'application/json');
    ctx.set('Cache-Control', 'no-store');
    ctx.set('X-HARP-Version', HARP_VERSION);
    if (ctx.get('Origin') !== settings.approverOrigin) for (const name of CROSS_ORIGIN) ctx.remove(name);
  });
}
