import type { Command } from 'commander';
import { jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';

export function defineDoctor(program: Command, scope: Scope): void {
  program
    .command('doctor')
    .summary('check every layer and say what happens when it fails')
    .addOption(jsonOption())
    .option('--repair', 'put damaged files aside and begin them anew; stops the daemon first')
    .action((flags: { json?: true; repair?: true }) =>
      scope.perform(async () => (await import('./doctor.js')).doctor(scope.cli, flags)),
    );
}
