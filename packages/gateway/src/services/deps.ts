import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.js';
import type { EnvelopeDeps } from '../http/envelopes.js';
import type { Channels } from '../live/channels.js';
import type { Deliveries } from '../live/deliveries.js';
import type { LiveEvents } from '../live/events.js';
import type { Presence } from '../live/presence.js';
import type { Tickets } from '../live/tickets.js';
import type { Waiters } from '../live/waiters.js';
import type { AuditEntry } from '../store/commands/audit.js';
import type { StoreEngine } from '../store/engine.js';

/** Everything the services and routes of this half share. */
export interface ServiceDeps extends EnvelopeDeps {
  readonly config: GatewayConfig;
  readonly store: StoreEngine;
  readonly channels: Channels;
  readonly waiters: Waiters;
  readonly deliveries: Deliveries;
  readonly presence: Presence;
  readonly tickets: Tickets;
  readonly events: LiveEvents;
  readonly log: Logger;
  /** Origin under which clients reach the gateway, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Appends to the audit log without holding up the answer; a failure is logged. */
  readonly audit: (entry: Omit<AuditEntry, 'at'>) => void;
}
