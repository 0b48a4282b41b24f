import { complianceSchema, discoverySchema, echoSchema, subscriptionSchema } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf } from '../http/request.js';
import { GET } from './methods.js';

/** Discovery, health and limits (section 6). */
export type DiscoveryArea = ReturnType<typeof discoveryArea>;

export function discoveryArea(caller: Caller) {
  const open = { ...GET, authenticated: false } as const;
  return {
    /** `GET /echo`: is the gateway there (GW-300). */
    echo: (options?: CallOptions) => caller.call({ ...open, path: '/echo', read: bodyOf(echoSchema) }, options),
    /** `GET /v1/integrations/discovery`: where to sign in (GW-310). */
    discover: (options?: CallOptions) =>
      caller.call({ ...open, path: '/v1/integrations/discovery', read: bodyOf(discoverySchema) }, options),
    /** `GET /v1/status`: the compliance declaration (GW-320). */
    status: (options?: CallOptions) =>
      caller.call({ ...open, path: '/v1/status', read: bodyOf(complianceSchema) }, options),
    /** `GET /v1/subscription` (E): the operator's limits (GW-330). */
    subscription: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/subscription', read: bodyOf(subscriptionSchema) }, options),
  };
}
