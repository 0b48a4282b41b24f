import type { Command } from 'commander';
import { jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';

export function defineStatus(program: Command, scope: Scope): void {
  program
    .command('status')
    .summary('show what protects this machine, and how far')
    .addOption(jsonOption())
    .action((flags: { json?: true }) =>
      scope.perform(async () => (await import('./status.js')).status(scope.cli, flags)),
    );
}
