import { type DaemonClient, workspaceAround } from '@airlock/runtime/client';
import type { Cli } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { workspaceFolder } from '../../cli/workspace.js';

/** The daemon, and the workspace that the current folder is in. */
export interface Here {
  readonly client: DaemonClient;
  /** Real path of the workspace. */
  readonly workspace: string;
  /** Real path of the current folder. */
  readonly folder: string;
}

/** Connects, starting the daemon when none runs. */
export async function here(cli: Cli, signal?: AbortSignal): Promise<Here> {
  const options = signal === undefined ? {} : { signal };
  const folder = workspaceFolder(undefined);
  const client = await daemon(cli, options);
  return { client, folder, workspace: workspaceAround(await client.status(options), folder)?.path ?? folder };
}
