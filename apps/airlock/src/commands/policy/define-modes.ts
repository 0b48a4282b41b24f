import { Argument, type Command } from 'commander';
import { integer, jsonOption, positiveNumber } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { AskFlags } from './change.js';
import type { FailModeFlags, TimedFlags } from './modes.js';

const HOURS = 8;
const MAX_HOURS = 168;
const WAIT_SECONDS = 300;
const MAX_WAIT_SECONDS = 86_400;

/** Options of a command that loosens: the approver is asked and waited for. */
export function asking(command: Command): Command {
  return command
    .option('--timeout <seconds>', 'how long to wait for the approver', integer(1, MAX_WAIT_SECONDS), WAIT_SECONDS)
    .addOption(jsonOption());
}

function forHours(command: Command): Command {
  return command.option(
    '--for <hours>',
    `when it ends by itself, at most ${MAX_HOURS}`,
    positiveNumber(MAX_HOURS),
    HOURS,
  );
}

/** `airlock auto`. */
export function defineAuto(program: Command, scope: Scope): void {
  const auto = withExamples(program.command('auto'), [
    ['airlock auto on --for 2', 'ask the approver to stop the questions for two hours'],
    ['airlock auto off', 'ask about everything again, at once'],
  ])
    .summary('stop asking for a while, or ask again')
    .description('Stops asking for a while, or asks again. What touches Airlock itself is asked all the same.');
  asking(forHours(auto.command('on').summary('stop asking; the approver has to sign'))).action((flags: TimedFlags) =>
    scope.perform(async () => (await import('./modes.js')).autoOn(scope.cli, flags)),
  );
  auto
    .command('off')
    .summary('ask about everything again, at once')
    .addOption(jsonOption())
    .action((flags: { json?: true }) =>
      scope.perform(async () => (await import('./modes.js')).autoOff(scope.cli, flags)),
    );
}

/** `airlock fail-mode`. */
export function defineFailMode(program: Command, scope: Scope): void {
  const command = withExamples(program.command('fail-mode'), [
    ['airlock fail-mode', 'print what happens while the gateway cannot be reached'],
    ['airlock fail-mode open --for 2', 'ask the approver to let calls pass then, for two hours'],
    ['airlock fail-mode closed', 'deny them again, at once'],
  ])
    .summary('what happens while the gateway cannot be reached')
    .description(
      'Prints or changes what happens while the gateway cannot be reached: closed denies, open lets calls pass unasked.\n' +
        'Open needs the signature of the approver and ends by itself; closed needs nobody.',
    )
    .addArgument(new Argument('[mode]', 'open or closed; printed when left out').choices(['open', 'closed']));
  asking(forHours(command)).action((mode: 'open' | 'closed' | undefined, flags: FailModeFlags) =>
    scope.perform(async () => (await import('./modes.js')).failMode(scope.cli, mode, flags)),
  );
}

/** `airlock patterns`. */
export function definePatterns(program: Command, scope: Scope): void {
  const patterns = withExamples(program.command('patterns'), [
    ["airlock patterns add 'npm test'", 'this command, in this folder, as it is now'],
    ["airlock patterns add 'git status' --shell zsh", 'where zsh reads the commands'],
    ["airlock patterns remove 'npm test'", 'ask about it again, at once'],
  ]).summary('commands that need no question');
  patterns
    .command('list', { isDefault: true })
    .summary('list them, and whether what they are pinned to is still the same')
    .addOption(jsonOption())
    .action((flags: { json?: true }) =>
      scope.perform(async () => (await import('./patterns.js')).list(scope.cli, flags)),
    );
  asking(patterns.command('add').summary('explain a pattern, pin it, and ask the approver to sign it'))
    .argument('<pattern>', 'the words of one simple command, in quotes; add says what else is covered')
    .option('--shell <shell>', 'the shell that reads the command: bash, dash, sh or zsh (default: yours)')
    .action((pattern: string, flags: AskFlags & { shell?: string }) =>
      scope.perform(async () => (await import('./patterns.js')).add(scope.cli, pattern, flags)),
    );
  patterns
    .command('remove')
    .summary('ask about it again, at once')
    .argument('<pattern>', 'the pattern as it was added, or its id')
    .addOption(jsonOption())
    .action((pattern: string, flags: { json?: true }) =>
      scope.perform(async () => (await import('./patterns.js')).remove(scope.cli, pattern, flags)),
    );
}
