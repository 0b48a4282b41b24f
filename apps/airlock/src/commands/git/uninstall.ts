import { uninstallGit } from '@airlock/adapter-git';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { JsonFlags } from './flags.js';

/** `airlock git uninstall`. */
export async function uninstall(cli: Cli, flags: JsonFlags): Promise<number> {
  const { removed, restored, ...status } = await uninstallGit({
    folder: workspaceFolder(undefined),
    environment: cli.environment,
  });
  if (flags.json) {
    printJson(cli, { removed, restored, ...status });
    return EXIT.ok;
  }
  cli.say(removed.length === 0 ? 'airlock: nothing was installed' : `airlock: removed ${removed.join(', ')}`);
  if (restored.length > 0) cli.say(`airlock: put back what was there: ${restored.join(', ')}`);
  cli.say(`airlock: NOTHING asks about commits and pushes in ${status.repository} any more; receipts stay`);
  return EXIT.ok;
}
