import type { JsonObject, JsonValue } from '@airlock/protocol';
import type { ApproverPrincipal, EnforcerPrincipal, Principal } from '../principal.js';

/** A request after the common rules (sections 4 and 7) were applied. */
export interface RouteRequest<P> {
  readonly principal: P;
  /** Path parameters, percent-decoded exactly once (ID-030). */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body; `{}` on GET and DELETE and where GW-070 says so. Null members are still in it. */
  readonly body: JsonObject;
  /** Credentials and the like; values of empty headers read as absent (GW-140). */
  readonly header: (name: string) => string | undefined;
  /** Client address as far as the gateway believes it. */
  readonly address: string;
  /** Epoch milliseconds at which the request was accepted. */
  readonly now: number;
  /** Calls `listener` when the client goes away before the answer; the returned function stops that. */
  readonly onGone: (listener: () => void) => () => void;
}

/** What a handler answers. Without a body the response is empty (204). */
export interface Reply {
  readonly status: number;
  readonly body?: JsonObject | readonly JsonValue[];
  /** A JSON text that is sent as it is, instead of `body`. */
  readonly bodyText?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A complete response instead of all of the above: event streams only. */
  readonly raw?: Response;
}

/** What is known of a request without its body. */
export interface ArrivedFacts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly connection: { readonly address: string };
}

export type RouteAuth = 'E' | 'A' | 'EA' | 'optional' | '-';

interface PrincipalByAuth {
  readonly E: EnforcerPrincipal;
  readonly A: ApproverPrincipal;
  readonly EA: Principal;
  readonly optional: Principal | undefined;
  readonly '-': undefined;
}

/** One row of the route tables (GW-270). */
export interface RouteOf<K extends RouteAuth> {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  /** With parameters as `:name`; no trailing slash. */
  readonly path: string;
  /** Whom it needs; `optional` authenticates only when a credential is present. */
  readonly auth: K;
  /** Largest body in bytes; 64 KiB unless told (section 19). */
  readonly maxBytes?: number;
  /** An empty body and `null` read as `{}` (GW-070). */
  readonly emptyBody?: boolean;
  /** Has a budget of its own instead of the principal's (EXCH-070). */
  readonly ownBudget?: boolean;
  /** Longest delay before 429, milliseconds (GW-200). */
  readonly holdBackMs?: number;
  /** How long to hold back an answer with this status, milliseconds (EXCH-060). */
  readonly holdErrorMs?: (arrived: ArrivedFacts, status: number) => number;
  readonly handle: (request: RouteRequest<PrincipalByAuth[K]>) => Promise<Reply>;
}

/** Any route; the pipeline narrows by `auth`. */
export type Route = { readonly [K in RouteAuth]: RouteOf<K> }[RouteAuth];
