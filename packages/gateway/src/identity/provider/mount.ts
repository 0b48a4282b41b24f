import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '@airlock/protocol';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../../config.js';
import { GatewayError } from '../../errors.js';
import { addressGroup, clientAddress } from '../../http/connection.js';
import { budget } from '../../http/rate-limits.js';
import type { NodeMount } from '../../identity-port.js';
import type { TokenTrust } from '../access-token.js';
import type { IdentityServices } from '../services.js';
import { devicePage } from './device-page.js';
import { deviceAuthorization, revocation } from './endpoints.js';
import { type Exchange, FormError, sendJson } from './exchange.js';
import { interactionPage } from './interaction-page.js';
import type { ProviderHost } from './provider-host.js';

/** Below this path lies everything of the identity provider. */
export const IDP_PATH = '/idp';
/** The page where a user enters a device code. */
export const DEVICE_PATH = '/device';

const INTERACTION = /^\/idp\/interaction\/[\w-]{20,100}$/;
const MINUTE_MS = 60_000;

export interface MountDeps {
  readonly services: IdentityServices;
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly publicUrl: () => string;
  readonly provider: () => Promise<ProviderHost>;
  readonly trust: () => Promise<TokenTrust>;
}

function exchangeOf(deps: MountDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const forwarded = request.headers['x-forwarded-for'];
  const url = new URL(deps.publicUrl());
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  url.pathname = path.length > 1 ? path.replace(/\/$/, '') : path;
  url.search = query.join('?');
  return {
    request,
    response,
    url,
    address: clientAddress(
      request.socket.remoteAddress,
      typeof forwarded === 'string' ? forwarded : undefined,
      deps.config.trustProxy,
    ),
    now: deps.services.ports.now(),
  };
}

/** Hands a request to the library as if it had arrived under our public URL, whatever its Host and proxy headers say. */
async function toProvider(deps: MountDeps, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange;
  const host = await deps.provider();
  request.headers['x-forwarded-proto'] = url.protocol.slice(0, -1);
  request.headers['x-forwarded-host'] = url.host;
  const path = `${url.pathname.slice(IDP_PATH.length) || '/'}${url.search}`;
  Object.assign(request, { originalUrl: `${IDP_PATH}${path}`, url: path });
  await host.handle(request, response);
}

async function dispatch(deps: MountDeps, exchange: Exchange): Promise<void> {
  const { pathname } = exchange.url;
  const { method } = exchange.request;
  if (pathname === DEVICE_PATH) return await devicePage(deps.services, exchange);
  if (INTERACTION.test(pathname)) return await interactionPage(await deps.provider(), exchange);
  if (method === 'POST' && pathname === `${IDP_PATH}/device`) {
    return await deviceAuthorization(deps.services, exchange);
  }
  if (method === 'POST' && pathname === `${IDP_PATH}/revoke`) return await revocation(deps, exchange);
  if (pathname === IDP_PATH || pathname.startsWith(`${IDP_PATH}/`)) return await toProvider(deps, exchange);
  sendJson(exchange, 404, refusal('NotFound', 'There is no such page'));
}

function refusal(error: string, description: string): { readonly body: JsonObject } {
  return { body: { error, error_description: description } };
}

function fail(deps: MountDeps, exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    deps.log.error({ err: error }, 'identity failed after its answer began');
    exchange.response.destroy();
  } else if (error instanceof FormError) {
    sendJson(exchange, error.status, refusal('invalid_request', error.message));
  } else if (error instanceof GatewayError && error.code === 'unavailable') {
    sendJson(exchange, 503, { ...refusal(error.code, error.message), retryAfterSeconds: 5 });
  } else {
    deps.log.error({ err: error }, 'identity failed');
    sendJson(exchange, 500, refusal('server_error', 'Internal error'));
  }
}

/** The provider, its login page and the device page, as handlers of Node requests limited per client address (GW-190). */
export function identityMounts(deps: MountDeps): readonly NodeMount[] {
  const limit = budget(deps.config.limits.anonymousPerMinute, MINUTE_MS);
  const answer = async (exchange: Exchange): Promise<void> => {
    try {
      const waitMs = await limit.spend(addressGroup(exchange.address));
      if (waitMs === undefined) return await dispatch(deps, exchange);
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
      sendJson(exchange, 429, { ...refusal('rate_limited', 'Too many requests'), retryAfterSeconds });
    } catch (error) {
      fail(deps, exchange, error);
    }
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(exchangeOf(deps, request, response)).catch((error: unknown) => {
      deps.log.error({ err: error }, 'identity could not answer');
      response.destroy();
    });
  };
  return [
    { prefix: IDP_PATH, handle },
    { prefix: DEVICE_PATH, handle },
  ];
}
