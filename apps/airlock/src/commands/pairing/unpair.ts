import { workspaceAround } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';

/** `airlock unpair`. */
export async function unpair(cli: Cli, flags: { readonly workspace?: string; readonly json?: true }): Promise<number> {
  const client = await daemon(cli);
  const folder = workspaceFolder(flags.workspace);
  const around = flags.workspace === undefined ? workspaceAround(await client.status(), folder) : null;
  const answer = await client.unpair(around?.path ?? folder);
  if (flags.json) printJson(cli, answer);
  else cli.say(`airlock: unpaired ${answer.workspace}; everything in it is denied until: ${commandLine(cli, 'pair')}`);
  return 0;
}
