import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.js';
import type { Route } from './http/route.js';
import type { LiveEvents } from './live/events.js';
import type { Ports } from './ports.js';
import type { AuthFailure, EnforcerPrincipal, Principal } from './principal.js';
import type { StoreEngine } from './store/engine.js';

/** What identity is built from. */
export interface IdentityDeps {
  readonly config: GatewayConfig;
  readonly store: StoreEngine;
  readonly ports: Ports;
  readonly events: LiveEvents;
  readonly log: Logger;
  /** Origin under which clients reach the gateway, without a trailing slash. Known only once the port is. */
  readonly publicUrl: () => string;
}

/** Credentials of a request: header by lower-case name; an empty value reads as absent (GW-140). */
export interface CredentialHeaders {
  readonly get: (name: string) => string | undefined;
}

/** The flat consent refusal (ERR-020). */
export interface ConsentRefusal {
  readonly error: 'app_consent_required' | 'app_consent_pending' | 'app_consent_denied';
  readonly message: string;
  readonly consentUrl?: string;
  readonly appName?: string;
  readonly appId?: string;
}

/** Requests below this path go to the identity provider as they are, before any rule of ours. */
export interface NodeMount {
  /** Starts with `/`, ends without one. */
  readonly prefix: string;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The identity half of the gateway. */
export interface Identity<Admin> {
  readonly authenticate: (headers: CredentialHeaders, now: number) => Promise<Principal | AuthFailure>;
  /** Undefined when the principal may go on; creates the pending record on the first refusal (CONS-030). */
  readonly requireConsent: (principal: EnforcerPrincipal, now: number) => Promise<ConsentRefusal | undefined>;
  readonly routes: readonly Route[];
  readonly mounts: readonly NodeMount[];
  /** `idp.baseUrl` of discovery (GW-310). */
  readonly idpBaseUrl: () => string;
  readonly admin: Admin;
  /** Deletes what is over; called about once a minute. `now` is epoch milliseconds. */
  readonly sweep: (now: number) => Promise<void>;
}
