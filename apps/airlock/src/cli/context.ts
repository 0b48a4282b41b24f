import { resolvePaths, type RuntimePaths } from '@airlock/runtime/client';

/** What a command may touch of the process it runs in. */
export interface Cli {
  /** Copy of the environment at the start. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the built entry, for starting the daemon. */
  readonly entry: string;
  /** The path this process was started with, as in `process.argv[1]`. */
  readonly startedAs: string;
  /** What stood after the first `--`; null without one. */
  readonly afterSeparator: readonly string[] | null;
  readonly stdinIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of the terminal; 80 where it is unknown. */
  terminalColumns(): number;
  /** One line for the human, on standard error; whatever is in it, a terminal only shows it. */
  say(line: string): void;
  /** One line of the answer for a human, on standard output; whatever is in it, a terminal only shows it. */
  print(line: string): void;
  /** Text for programs on standard output, as it is: JSON, and the help and scripts that are our own. */
  emit(text: string): void;
  /** Aborted by the first INT or TERM while an action runs that asked for it. */
  interruption(): AbortSignal;
}

/** Where everything of this user lives, `AIRLOCK_HOME` included: these are commands that a user types. */
export function pathsOf(cli: Cli): RuntimePaths {
  return resolvePaths({ env: cli.environment });
}

/** Prints one JSON document on one line. */
export function printJson(cli: Cli, value: unknown): void {
  cli.emit(JSON.stringify(value));
}
