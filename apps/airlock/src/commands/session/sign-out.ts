import { stopDaemon } from '@airlock/runtime/client';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { commandLine } from '../../cli/invocation.js';

/** `airlock sign-out`: the daemon revokes, then ends; this is no deliberate stop, so the next command may start it. */
export async function signOut(cli: Cli, flags: { readonly json?: true }): Promise<number> {
  const client = await daemon(cli, { resume: true });
  const answer = await client.signOut();
  await stopDaemon(pathsOf(cli), { deliberate: false });
  if (flags.json) printJson(cli, answer);
  else cli.say(`airlock: signed out; everything is denied until: ${commandLine(cli, 'sign-in')}`);
  return 0;
}
