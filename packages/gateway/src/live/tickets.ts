import { LIMITS } from '@airlock/protocol';
import { randomBase64Url } from '../ids.js';
import type { CredentialHeaders } from '../identity-port.js';
import type { Ports } from '../ports.js';

const KEPT = 10_000;

/** One-time credentials for clients that cannot set a header (GW-400). They live in memory: 30 s outlive no restart. */
export interface Tickets {
  /** A ticket that stands for these credentials. */
  readonly issue: (credentials: CredentialHeaders) => string;
  /** The credentials behind a ticket, once. */
  readonly redeem: (ticket: string) => CredentialHeaders | undefined;
}

/** Makes an empty book. */
export function tickets(ports: Ports): Tickets {
  const issued = new Map<string, { readonly credentials: CredentialHeaders; readonly until: number }>();
  const sweep = (now: number): void => {
    for (const [ticket, { until }] of issued) {
      if (until > now && issued.size < KEPT) return;
      issued.delete(ticket);
    }
  };
  return {
    issue: (credentials) => {
      const now = ports.now();
      sweep(now);
      const ticket = `tkt-${randomBase64Url(ports, 24)}`;
      issued.set(ticket, { credentials, until: now + LIMITS.ticketMs });
      return ticket;
    },
    redeem: (ticket) => {
      const found = issued.get(ticket);
      issued.delete(ticket);
      return found !== undefined && found.until > ports.now() ? found.credentials : undefined;
    },
  };
}
