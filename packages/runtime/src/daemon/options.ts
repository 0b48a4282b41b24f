import type { RuntimePaths } from '../paths/paths.js';
import type { Ports } from '../ports/ports.js';
import type { GatewayCheck } from '../host/gateway-check.js';
import type { HostAdapterFactory } from '../host/host-desk.js';
import type { PeerUid } from '../socket/peer.js';
import type { GatewayPorts } from './node-gateway.js';

/** After how long without anybody a daemon that was started on demand ends, milliseconds; the next call starts it again. */
export const IDLE_EXIT_MS = 30 * 60_000;

/** What a daemon is started with. */
export interface StartDaemonOptions {
  readonly paths: RuntimePaths;
  /** Host adapters of the hook routes; an unknown host gets a deny-shaped coded error. */
  readonly adapters?: readonly HostAdapterFactory[];
  /** Reads the messages that gateways of others ask about; without it they cannot ask. */
  readonly gatewayCheck?: GatewayCheck;
  /** Milliseconds without a connection, request or pairing until the daemon ends by itself; 0 is never (default). */
  readonly idleExitMs?: number;
  /** Refuse pairings that are not verified (PAIR-210). */
  readonly requireVerifiedPairing?: boolean;
  /** Require the canonical decision also from approvers that did not announce it (ENF-030). */
  readonly requireHarpDecision?: boolean;
  /** Tells who is at the other end of a connection, where a native binding can. */
  readonly peerUid?: PeerUid;
  /** Main file of the program; that of this process by default. */
  readonly program?: string;
  /** Main file of the `airlock` command, where the daemon is another program: whose invocations take an approval over (LOC-147). */
  readonly command?: string;
  /** Replaces clocks, chance and timers. */
  readonly ports?: Ports;
  /** Replaces the connection to the gateway. */
  readonly gateway?: GatewayPorts;
}
