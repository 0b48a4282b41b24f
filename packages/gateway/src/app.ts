import { Hono } from 'hono';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayConfig } from './config.js';
import { mountRoutes, type PipelineDeps } from './http/pipeline.js';
import { type RateLimits, rateLimits } from './http/rate-limits.js';
import { createIdentity } from './identity/create-identity.js';
import type { IdentityAdmin } from './identity/admin.js';
import type { Identity, NodeMount } from './identity-port.js';
import { newId } from './ids.js';
import { channels } from './live/channels.js';
import { deliveries } from './live/deliveries.js';
import { errorDelays } from './live/error-delays.js';
import { liveEvents } from './live/notices.js';
import { presence } from './live/presence.js';
import { tickets } from './live/tickets.js';
import { waiters } from './live/waiters.js';
import { mountPages } from './pages/approver-page.js';
import type { Ports } from './ports.js';
import { approverRoutes } from './routes/approvers.js';
import { exchangeRoutes } from './routes/exchanges.js';
import { approverPairingRoutes } from './routes/pairing-approver.js';
import { enforcerPairingRoutes } from './routes/pairing-enforcer.js';
import { policyRoutes } from './routes/policies.js';
import { presenceRoutes } from './routes/presence.js';
import { sseRoutes } from './routes/sse.js';
import { systemRoutes } from './routes/system.js';
import type { ServiceDeps } from './services/deps.js';
import type { StoreEngine } from './store/engine.js';
import type { Logger } from 'pino';

/** Parts that a gateway is composed from. */
export interface AppParts {
  readonly config: GatewayConfig;
  readonly ports: Ports;
  readonly store: StoreEngine;
  readonly log: Logger;
  readonly publicUrl: () => string;
}

/** Everything behind the sockets: routes over the store, and what they share. */
export interface GatewayCore extends ServiceDeps {
  readonly identity: Identity<IdentityAdmin>;
  readonly limits: RateLimits;
  readonly app: Hono;
}

async function servicesOf(parts: AppParts): Promise<ServiceDeps> {
  const { ports, store, log } = parts;
  const gatewayId = await store.run('getOrSetSetting', {
    name: 'gatewayId',
    initial: newId(ports, 'gw'),
  });
  const open = channels();
  return {
    ...parts,
    gatewayId,
    channels: open,
    waiters: waiters(ports),
    deliveries: deliveries(),
    presence: presence(),
    tickets: tickets(ports),
    events: liveEvents({ ports, gatewayId }, open),
    audit: (entry) => {
      store.run('appendAudit', { ...entry, at: ports.now() }).catch((error: unknown) => {
        log.error({ err: error, kind: entry.kind }, 'audit entry lost');
      });
    },
  };
}

function mountAll(
  app: Hono,
  services: ServiceDeps & { readonly limits: RateLimits },
  identity: Identity<IdentityAdmin>,
): void {
  const { limits, config } = services;
  const pipeline: PipelineDeps = {
    ...services,
    identity,
    trustProxy: config.trustProxy,
    delay: services.waiters.delay,
    allowedOrigin: () => new URL(config.approverOrigin ?? services.publicUrl()).origin,
    isAppOrigin: (origin) => services.store.run('isAppOrigin', { origin }),
  };
  mountPages(app);
  mountRoutes(app, pipeline, [
    ...systemRoutes(services, identity.idpBaseUrl),
    ...enforcerPairingRoutes(services, limits),
    ...approverPairingRoutes(services, limits),
    ...presenceRoutes(services),
    ...exchangeRoutes(services, errorDelays()),
    ...identity.routes,
    ...approverRoutes(services),
    ...policyRoutes(services),
    ...sseRoutes({ ...services, identity }),
  ]);
}

/** Composes routes, identity and live state over an open store. */
export async function gatewayCore(parts: AppParts): Promise<GatewayCore> {
  const services = await servicesOf(parts);
  const identity = createIdentity({ ...parts, events: services.events });
  const limits = rateLimits(parts.config.limits);
  // One trailing slash more or less is the same route (GW-050).
  const app = new Hono({ strict: false });
  mountAll(app, { ...services, limits }, identity);
  return { ...services, identity, limits, app };
}

/** The mount that owns a request target, if any: the identity provider speaks to Node directly. */
export function mountFor(
  mounts: readonly NodeMount[],
  target: string,
): ((request: IncomingMessage, response: ServerResponse) => void) | undefined {
  const path = target.split('?', 1)[0] ?? '';
  const owner = mounts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  return owner?.handle;
}
