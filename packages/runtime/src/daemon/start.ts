import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import type { HostAdapter } from '../socket/host-adapter.js';

export interface StartDaemonOptions {
  readonly paths: RuntimePaths;
  /** Host adapters of the hook routes; an unknown host gets a deny-shaped coded error. */
  readonly adapters?: readonly HostAdapter[];
  /** Milliseconds without a connection, request or pairing until the daemon ends by itself; 0 is never (default). */
  readonly idleExitMs?: number;
  /** Refuse pairings that are not verified (PAIR-210). */
  readonly requireVerifiedPairing?: boolean;
}

export type CloseReason = 'signal' | 'idle' | 'closed';

export interface RunningDaemon {
  readonly pid: number;
  readonly socket: string;
  /** Settles when the daemon has ended, whatever the reason. */
  readonly closed: Promise<CloseReason>;
  /** Withdraws what is open, stops listening and releases the lock. Idempotent. */
  close(reason?: CloseReason): Promise<void>;
}

/**
 * Starts the daemon in this process. Rejects with `lock_held` when another one runs and with
 * `runtime_directory_insecure` or `socket_path_too_long` when it cannot listen safely; corrupt state does not reject:
 * such a daemon runs and denies.
 */
export async function startDaemon(options: StartDaemonOptions): Promise<RunningDaemon> {
  throw new RuntimeError('daemon_start_failed', `cannot listen on ${options.paths.socket}`);
}

/** `startDaemon` until SIGTERM or SIGINT; what `airlock daemon run` is. */
export async function runDaemon(options: StartDaemonOptions): Promise<CloseReason> {
  const daemon = await startDaemon(options);
  return await daemon.closed;
}
