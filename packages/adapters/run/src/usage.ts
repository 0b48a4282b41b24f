import { quoteArgv } from '@airlock/actions';
import { RUN_EXIT } from './exit-codes.js';
import { RunFailure } from './failure.js';

/** Set in the child's environment; a command that finds it is already inside one that was approved. */
export const INSIDE_RUN = 'AIRLOCK_RUN';

function usage(message: string, fix: string): RunFailure {
  return new RunFailure('usage', message, { exitCode: RUN_EXIT.usage, fix });
}

/**
 * Refuses what is not one command to run: nothing at all, or a word that looks like a flag where no `--` says whose
 * flag it is.
 */
export function assertCommand(argv: readonly string[], afterSeparator: boolean): void {
  if (argv[0] === undefined) throw usage('no command to run', 'airlock run -- CMD [ARG…]');
  const flag = afterSeparator ? undefined : argv.find((word) => /^-./.test(word));
  if (flag === undefined) return;
  throw usage(
    `put -- before the command: is ${flag} for airlock or for the command?`,
    `airlock run -- ${quoteArgv(argv)}`,
  );
}

/** Refuses a command that already runs under `airlock run`: its approval covers what it starts. */
export function assertNotNested(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment[INSIDE_RUN] === undefined) return;
  throw new RunFailure('nested_run', 'this command already runs inside an approved airlock run', {
    fix: 'leave the inner "airlock run --" away, or run it outside',
  });
}
