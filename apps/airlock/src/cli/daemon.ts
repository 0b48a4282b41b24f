import { type DaemonClient, ensureDaemon } from '@airlock/runtime/client';
import { type Cli, pathsOf } from './context.js';

/** Arguments that make this program the daemon. */
export function daemonCommand(cli: Cli): readonly string[] {
  return [cli.entry, 'daemon', 'run'];
}

/** Connects to the user's daemon, starting it when none runs. */
export function daemon(
  cli: Cli,
  options: { readonly resume?: boolean; readonly signal?: AbortSignal } = {},
): Promise<DaemonClient> {
  return ensureDaemon({
    paths: pathsOf(cli),
    command: daemonCommand(cli),
    ...options,
  });
}
