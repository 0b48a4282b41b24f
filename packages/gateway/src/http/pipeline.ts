import { HARP_VERSION, type JsonObject, LIMITS, WIRE_ERRORS } from '@airlock/protocol';
import type { Context, Hono } from 'hono';
import type { Logger } from 'pino';
import { GatewayError } from '../errors.js';
import type { Identity } from '../identity-port.js';
import { type Principal, appKey, isPrincipal } from '../principal.js';
import type { AuditEntry } from '../store/commands/audit.js';
import { addressGroup, type Connection, connectionOf } from './connection.js';
import { assertDeclaredSize, readBody } from './body.js';
import { type CorsRules, preflight, withCors } from './cors.js';
import { type EnvelopeDeps, asGatewayError, errorEnvelope } from './envelopes.js';
import { decodedParams } from './params.js';
import { type RateLimits, rateLimited } from './rate-limits.js';
import type { Reply, Route, RouteRequest } from './route.js';

/** What the common rules of sections 4 and 7 need. */
export interface PipelineDeps extends EnvelopeDeps, CorsRules {
  readonly identity: Pick<Identity<unknown>, 'authenticate' | 'requireConsent'>;
  readonly limits: RateLimits;
  readonly trustProxy: readonly string[];
  readonly log: Logger;
  readonly audit: (entry: Omit<AuditEntry, 'at'>) => void;
  /** Sleeps, cut short by a shutdown; milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
}

/** Everything about one request that is known before its route's handler runs. */
export interface Arrived {
  readonly route: Route;
  readonly connection: Connection;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
}

const BASE_HEADERS = { 'Cache-Control': 'no-store', 'X-HARP-Version': HARP_VERSION } as const;

function respond(reply: Reply): Response {
  const text = reply.bodyText ?? (reply.body === undefined ? null : JSON.stringify(reply.body));
  return new Response(text, {
    status: reply.status,
    headers: {
      ...(text === null ? {} : { 'Content-Type': 'application/json' }),
      ...BASE_HEADERS,
      ...reply.headers,
    },
  });
}

function errorHeaders(error: GatewayError): Readonly<Record<string, string>> {
  const { retryAfterSeconds, allow } = error.more;
  const retry = retryAfterSeconds ?? (error.code === 'unavailable' ? 5 : undefined);
  return {
    ...(retry === undefined ? {} : { 'Retry-After': String(retry) }),
    ...(allow === undefined ? {} : { Allow: allow }),
    // The rest of the body will not be read, so the connection cannot be used again (GW-130).
    ...(error.code === 'payload_too_large' ? { Connection: 'close' } : {}),
    ...(error.code === 'unsupported_version' ? { Upgrade: `HARP/${HARP_VERSION}` } : {}),
  };
}

/** An error as a response of table 5.1. */
export function errorResponse(deps: EnvelopeDeps & { readonly log: Logger }, error: unknown): Response {
  const known = asGatewayError(error);
  if (known.code === 'internal_error') deps.log.error({ err: known.cause }, 'request failed');
  return respond({
    status: WIRE_ERRORS[known.code].status,
    body: errorEnvelope(deps, known),
    headers: errorHeaders(known),
  });
}

/** GW-160; recorded within the address's budget, because nobody has signed in yet. @throws GatewayError `unsupported_version` */
async function assertVersion(deps: PipelineDeps, arrived: Arrived): Promise<void> {
  const version = arrived.header('x-harp-version');
  if (version === undefined || /^0\.2(\.\d+)?$/.test(version)) return;
  if ((await deps.limits.address.spend(addressGroup(arrived.connection.address))) === undefined) {
    deps.log.warn({ route: arrived.route.path }, 'unsupported protocol version');
    deps.audit({ kind: 'transport.violation', details: { what: 'unsupported_version' } });
  }
  throw new GatewayError('unsupported_version', `This gateway speaks HARP ${HARP_VERSION}`);
}

/** Key of a principal in rate limits. */
export function principalKey(principal: Principal): string {
  return principal.role === 'enforcer'
    ? `${principal.userId} enforcer ${appKey(principal)}`
    : `${principal.userId} approver ${principal.approverId ?? ''}`;
}

async function spendAnonymous(deps: PipelineDeps, arrived: Arrived): Promise<void> {
  const retryAfter = await deps.limits.address.spend(addressGroup(arrived.connection.address));
  if (retryAfter !== undefined) throw rateLimited(retryAfter);
}

async function authenticated(deps: PipelineDeps, arrived: Arrived): Promise<Principal> {
  const found = await deps.identity.authenticate({ get: arrived.header }, deps.ports.now());
  if (isPrincipal(found)) return found;
  if (found.failure === 'unavailable') throw new GatewayError('unavailable', found.message);
  await spendAnonymous(deps, arrived);
  if (found.failure === 'rate_limited') throw new GatewayError('rate_limited', found.message);
  const sent = ['x-pat', 'authorization', 'x-client-id'].some((name) => arrived.header(name) !== undefined);
  if (sent) {
    deps.audit({
      kind: 'authentication.failed',
      details: { code: found.failure, address: arrived.connection.address },
    });
  }
  throw new GatewayError(found.failure, found.message);
}

/** AUTH-020. */
function assertRole(route: Route, principal: Principal): void {
  const wanted = route.auth === 'E' ? 'enforcer' : route.auth === 'A' ? 'approver' : principal.role;
  if (principal.role === wanted) return;
  throw new GatewayError('forbidden', `This route needs the role ${wanted}`);
}

async function resolvePrincipal(deps: PipelineDeps, arrived: Arrived): Promise<Principal | undefined> {
  const { route } = arrived;
  const credential = arrived.header('x-pat') ?? arrived.header('authorization');
  if (route.auth === '-' || (route.auth === 'optional' && credential === undefined)) {
    await spendAnonymous(deps, arrived);
    return undefined;
  }
  const principal = await authenticated(deps, arrived);
  assertRole(route, principal);
  return principal;
}

/** GW-190; submissions are held back before they are refused (GW-200). */
async function spendPrincipal(deps: PipelineDeps, route: Route, principal: Principal): Promise<void> {
  if (route.ownBudget === true) return;
  const key = principalKey(principal);
  const retryAfter = await deps.limits.principal.spend(key);
  if (retryAfter === undefined) return;
  if (route.holdBackMs === undefined) throw rateLimited(retryAfter);
  await deps.delay(Math.min(retryAfter, route.holdBackMs));
  const again = await deps.limits.principal.spend(key);
  if (again !== undefined) throw rateLimited(again);
}

/** The flat refusal when an app lacks the user's consent (CONS-060). */
async function consentRefusal(deps: PipelineDeps, principal: Principal): Promise<Reply | undefined> {
  if (principal.role !== 'enforcer') return undefined;
  const refusal = await deps.identity.requireConsent(principal, deps.ports.now());
  return refusal === undefined ? undefined : { status: 403, body: { ...refusal } };
}

function invoke(
  route: Route,
  principal: Principal | undefined,
  request: Omit<RouteRequest<undefined>, 'principal'>,
): Promise<Reply> {
  switch (route.auth) {
    case '-':
      return route.handle({ ...request, principal: undefined });
    case 'optional':
      return route.handle({ ...request, principal });
    case 'E':
      if (principal?.role === 'enforcer') return route.handle({ ...request, principal });
      break;
    case 'A':
      if (principal?.role === 'approver') return route.handle({ ...request, principal });
      break;
    case 'EA':
      if (principal !== undefined) return route.handle({ ...request, principal });
      break;
  }
  throw new TypeError('the principal does not fit its route');
}

async function bodyOf(arrived: Arrived, raw: Request): Promise<JsonObject> {
  const { route } = arrived;
  if (route.method === 'GET' || route.method === 'DELETE') return {};
  return await readBody(raw, {
    maxBytes: route.maxBytes ?? LIMITS.requestBodyBytes,
    emptyBody: route.emptyBody ?? false,
  });
}

/** Versions and size, then who, then how often, then consent, then the body, then the route (AUTH-090, CONS-060). */
async function answer(deps: PipelineDeps, arrived: Arrived, raw: Request): Promise<Reply> {
  const { route, connection } = arrived;
  await assertVersion(deps, arrived);
  assertDeclaredSize(arrived.header('content-length'), route.maxBytes ?? LIMITS.requestBodyBytes);
  const principal = await resolvePrincipal(deps, arrived);
  if (principal !== undefined) {
    await spendPrincipal(deps, route, principal);
    const refusal = await consentRefusal(deps, principal);
    if (refusal !== undefined) return refusal;
  }
  const body = await bodyOf(arrived, raw);
  return await invoke(route, principal, {
    params: arrived.params,
    query: arrived.query,
    body,
    header: arrived.header,
    address: connection.address,
    now: deps.ports.now(),
    onGone: connection.onGone,
  });
}

function arrival(deps: PipelineDeps, route: Route, c: Context): Arrived {
  const url = new URL(c.req.url);
  return {
    route,
    connection: connectionOf(c, deps.trustProxy),
    params: decodedParams(route.path, url.pathname),
    query: url.searchParams,
    header: (name) => c.req.header(name) || undefined,
  };
}

async function serve(deps: PipelineDeps, route: Route, c: Context): Promise<Response> {
  const arrived = arrival(deps, route, c);
  let response: Response;
  try {
    const reply = await answer(deps, arrived, c.req.raw);
    response = reply.raw ?? respond(reply);
  } catch (error) {
    response = errorResponse(deps, error);
  }
  const hold = route.holdErrorMs?.(arrived, response.status) ?? 0;
  if (hold > 0) await deps.delay(hold);
  deps.log.debug({ method: route.method, route: route.path, status: response.status }, 'request');
  return await withCors(deps, arrived.header('origin'), response);
}

/** Mounts route tables on an app: their handlers, 405 for their other methods and 404 for everything else (GW-170). */
export function mountRoutes(app: Hono, deps: PipelineDeps, routes: readonly Route[]): void {
  for (const route of routes) {
    app.on(route.method, route.path, (c) => serve(deps, route, c));
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const rows = routes.filter((route) => route.path === path);
    const allow = rows.map((route) => route.method).join(', ');
    app.all(path, async (c) => {
      const cors = c.req.method === 'OPTIONS' ? await preflight(deps, c.req.header('origin'), allow) : undefined;
      return cors ?? errorResponse(deps, new GatewayError('method_not_allowed', `Use ${allow}`, { allow }));
    });
  }
  app.notFound(() => errorResponse(deps, new GatewayError('NotFound', 'No such route')));
  app.onError((error) => errorResponse(deps, error));
}
