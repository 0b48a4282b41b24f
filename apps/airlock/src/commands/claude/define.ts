import type { Command } from 'commander';
import { withExamples } from '../../cli/examples.js';
import { jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';
import type { ClaudeFlags, InstallFlags } from './flags.js';

const MANAGED = '--managed';

export function defineClaude(program: Command, scope: Scope): void {
  const claude = program.command('claude').summary('put Claude Code behind Airlock');
  withExamples(claude.command('install'), [
    ['airlock claude install', 'for you; whoever runs as you can take it away again'],
    ['sudo airlock claude install --managed', 'for this machine; only root can take it away'],
    ['airlock claude install --managed --print', 'the managed settings, for your own distribution'],
  ])
    .summary('copy the plugin to a place of its own and make Claude Code load it')
    .option(MANAGED, 'for every user of this machine, with settings that make it non-removable; needs root')
    .option('--print', 'with --managed: print the settings, change nothing')
    .addOption(jsonOption())
    .action((flags: InstallFlags) =>
      scope.perform(async () => (await import('./install.js')).install(scope.cli, flags)),
    );
  claude
    .command('uninstall')
    .summary('take the plugin away; nothing gates Claude Code any more')
    .option(MANAGED, 'take the managed settings and their copy away; needs root')
    .addOption(jsonOption())
    .action((flags: ClaudeFlags) =>
      scope.perform(async () => (await import('./uninstall.js')).uninstall(scope.cli, flags)),
    );
  claude
    .command('status')
    .summary('show what Claude Code loads, and what goes around it in this folder')
    .description(
      'Shows what Claude Code loads, and what goes around it in this folder.\n' +
        'Exit: 0 nothing is known that keeps the gate from holding here · 1 something is',
    )
    .option(MANAGED, 'also fail when it is not a managed installation')
    .addOption(jsonOption())
    .action((flags: ClaudeFlags) => scope.perform(async () => (await import('./status.js')).status(scope.cli, flags)));
}
