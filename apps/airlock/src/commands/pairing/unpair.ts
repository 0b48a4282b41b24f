import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { commandLine } from '../../cli/invocation.js';
import { enclosingWorkspace, workspaceFolder } from '../../cli/workspace.js';

/** `airlock unpair`. */
export async function unpair(cli: Cli, flags: { readonly workspace?: string; readonly json?: true }): Promise<number> {
  const client = await daemon(cli);
  const folder = workspaceFolder(flags.workspace);
  const workspace = flags.workspace === undefined ? enclosingWorkspace(await client.status(), folder) : folder;
  const answer = await client.unpair(workspace);
  if (flags.json) printJson(cli, answer);
  else cli.say(`airlock: unpaired ${answer.workspace}; everything in it is denied until: ${commandLine(cli, 'pair')}`);
  return 0;
}
