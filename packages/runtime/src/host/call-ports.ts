import type { HandOverDesk } from '../hand-over/hand-over-desk.js';
import type { Core } from '../service/core.js';
import type { RequestService } from '../service/requests.js';
import type { HostCall, HostRefusal, HostVerdict } from './host-desk.js';

/** A verdict that lets a call through. */
export type Permit = Extract<HostVerdict, { readonly permission: 'allow' | 'pass' }>;

/** Whose call an incident is about. */
export type IncidentPlace = Pick<HostCall, 'host' | 'sessionId'> & {
  readonly toolUseId?: string | null;
  readonly layer?: string;
  readonly requestId?: string | null;
};

/** What joined calls work with. */
export interface CallPorts {
  readonly ports: Pick<Core['ports'], 'now' | 'mono' | 'timer'>;
  readonly requests: Pick<RequestService, 'request' | 'claim' | 'outcome' | 'withdraw'>;
  /** Told when the host has got an approval, and when nothing is executed for it any more (LOC-147). */
  readonly handOver: Pick<HandOverDesk, 'given' | 'ended'>;
  /** Why nothing is let through in a folder any more, whoever permitted it before; or null. Throws `bad_request`. */
  readonly closed: (workspace: string, permit: Permit) => HostRefusal | null;
  /** Puts on record what must not happen: ids and a code. */
  readonly incident: (place: IncidentPlace, code: string) => void;
}
