import type { Command } from 'commander';
import { integer, jsonOption, shortText } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { ApproveFlags } from './approve.js';
import type { RunFlags } from './run.js';

const WAIT_SECONDS = 300;
const MAX_WAIT_SECONDS = 86_400;

export function defineRun(program: Command, scope: Scope): void {
  withExamples(program.command('run'), [
    ['airlock run -- npm publish', 'ask, then publish'],
    ["airlock run -- sh -c 'make && make install'", 'a line for a shell: name the shell'],
    ["airlock run --label 'weekly cleanup' --timeout 60 -- ./clean.sh", 'say why, wait a minute at most'],
  ])
    .summary('ask, then execute a command exactly as approved')
    .description(
      'Asks the approver, then executes CMD exactly as approved, without a shell; streams, terminal, signals and the exit code pass through.\n' +
        'Exit: the code of CMD · 124 nobody answered · 125 airlock failed · 126 rejected or not executable · 127 not found · 130 interrupted',
    )
    .usage('[options] [--] CMD [ARG…]')
    .argument('[command...]', 'the command; put -- before it when it has options')
    .option('--label <text>', 'what you claim this is for, shown to the approver', shortText(128))
    .option('--timeout <seconds>', 'how long to wait for the approver', integer(1, MAX_WAIT_SECONDS), WAIT_SECONDS)
    .addOption(jsonOption())
    .passThroughOptions()
    .action((command: string[], flags: RunFlags) =>
      scope.perform(async () => (await import('./run.js')).run(scope.cli, command, flags)),
    );
}

export function defineApprove(program: Command, scope: Scope): void {
  withExamples(program.command('approve'), [["airlock approve --command 'npm publish' && npm publish", 'ask first']])
    .summary('ask about a command line that something else will run')
    .description(
      'Asks the approver about a command line that something else will run.\n' +
        'Exit: 0 approved · 1 rejected or failed · 2 the decision could not be verified · 3 nobody answered in time',
    )
    .requiredOption('--command <string>', 'the command line, as the shell will read it')
    .option('--shell <path>', 'the shell that will read it', 'sh')
    .option('--cwd <dir>', 'the folder it will run in (default: this one)')
    .option('--session-id <id>', 'session of the host, for limits', shortText(200))
    .option(
      '--shell-pid <n>',
      'process id of the shell, as the session where there is no --session-id',
      integer(1, 4_194_304),
    )
    .option('--host <name>', 'who asks, shown to the approver', shortText(40))
    .option('--timeout <seconds>', 'how long to wait for the approver', integer(1, MAX_WAIT_SECONDS), WAIT_SECONDS)
    .addOption(jsonOption())
    .action((flags: ApproveFlags) =>
      scope.perform(async () => (await import('./approve.js')).approve(scope.cli, flags)),
    );
}
