import type { Command } from 'commander';
import { integer, jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';

type JsonFlags = { readonly json?: true };

export function defineDaemon(program: Command, scope: Scope): void {
  const daemon = program.command('daemon').summary('control the background process; normally automatic');
  daemon
    .command('start')
    .summary('start it, also after a deliberate stop')
    .addOption(jsonOption())
    .action((flags: JsonFlags) =>
      scope.perform(async () => (await import('./daemon.js')).startDaemon(scope.cli, flags)),
    );
  daemon
    .command('stop')
    .summary('stop it; everything is denied until it is started again')
    .addOption(jsonOption())
    .action((flags: JsonFlags) =>
      scope.perform(async () => (await import('./daemon.js')).stopDaemon(scope.cli, flags)),
    );
  daemon
    .command('status')
    .summary('say whether it runs')
    .addOption(jsonOption())
    .action((flags: JsonFlags) =>
      scope.perform(async () => (await import('./daemon.js')).daemonStatus(scope.cli, flags)),
    );
  daemon
    .command('logs')
    .summary('print its log')
    .option('--lines <n>', 'how many of the last lines', integer(1, 100_000), 100)
    .action((flags: { lines: number }) =>
      scope.perform(async () => (await import('./daemon.js')).daemonLogs(scope.cli, flags)),
    );
  daemon
    .command('run', { hidden: true })
    .summary('be the daemon, in the foreground')
    .action(() => scope.perform(async () => (await import('./run-daemon.js')).run(scope.cli)));
}
