import { managedPlaces, uninstallForUser, uninstallManaged } from '@airlock/adapter-claude-code';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import type { ClaudeFlags } from './flags.js';

/** `airlock claude uninstall`. */
export async function uninstall(cli: Cli, flags: ClaudeFlags): Promise<number> {
  const removed = flags.managed
    ? uninstallManaged(managedPlaces(process.platform))
    : await uninstallForUser({
        paths: pathsOf(cli),
        environment: cli.environment,
        announce: (line) => cli.say(`airlock: ${line}`),
      });
  if (flags.json) {
    printJson(cli, { removed });
    return EXIT.ok;
  }
  cli.say(removed ? 'airlock: removed' : 'airlock: nothing was installed');
  cli.say('airlock: NOTHING gates new Claude Code sessions of yours any more');
  if (removed) cli.say('airlock: sessions that run keep their hook, which denies everything: restart them');
  return EXIT.ok;
}
