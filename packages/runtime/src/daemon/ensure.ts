import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import type { DaemonClient } from '../socket/daemon-client.js';

export interface EnsureDaemonOptions {
  readonly paths: RuntimePaths;
  /** Arguments after `process.execPath`, for example `[mainJs, 'daemon', 'run']`. */
  readonly command: readonly string[];
  /** Milliseconds until a started daemon must answer; 10,000 by default. */
  readonly timeoutMs?: number;
  /** True only for `daemon start`: the user takes back a deliberate stop (LOC-065). */
  readonly resume?: boolean;
  /** Variables the daemon gets besides the cleaned environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Connects, starting the daemon when none runs. Rejects with `daemon_stopped` after a deliberate stop and with
 * `daemon_start_failed` when a started daemon does not answer in time.
 */
export async function ensureDaemon(options: EnsureDaemonOptions): Promise<DaemonClient> {
  throw new RuntimeError('daemon_start_failed', `cannot start ${options.command.join(' ')}`);
}
