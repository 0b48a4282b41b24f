import { isLoopbackHost } from '@airlock/protocol';
import { connectDaemon, RuntimeError } from '@airlock/runtime/client';
import { type Cli, pathsOf } from '../cli/context.js';

async function hasLocalEnforcer(cli: Cli, enforcerId: string): Promise<boolean> {
  try {
    const status = await (await connectDaemon(pathsOf(cli))).status();
    return status.workspaces.some((workspace) => workspace.enforcerId === enforcerId);
  } catch (error) {
    if (error instanceof RuntimeError) return false;
    throw error;
  }
}

/** Whether this approver runs on the host of that enforcer, as far as it can tell; when in doubt it says so (PAIR-225). */
export async function runsOnSameHost(cli: Cli, gatewayUrl: string, enforcerId: string): Promise<boolean> {
  return isLoopbackHost(new URL(gatewayUrl).hostname) || (await hasLocalEnforcer(cli, enforcerId));
}
