import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import type { DaemonClient } from './daemon-client.js';

/** Connects to a running daemon. Rejects with `daemon_not_running` when none listens. */
export async function connectDaemon(paths: RuntimePaths): Promise<DaemonClient> {
  throw new RuntimeError('daemon_not_running', `no daemon listens on ${paths.socket}`);
}
