import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { Cli } from '../../cli/context.js';
import { UsageError } from '../../cli/failure.js';

/** Shells whose lines a pattern can be matched against. */
const SHELLS = new Set(['bash', 'dash', 'sh', 'zsh']);

/** The shell that reads a new pattern's commands: the one that was named, else the user's own where it is known. */
export function patternShell(cli: Pick<Cli, 'environment'>, named: string | undefined): string | undefined {
  if (named !== undefined) {
    if (SHELLS.has(basename(named))) return named;
    throw new UsageError(`--shell ${named}: only bash, dash, sh and zsh are understood; others are always asked`);
  }
  const own = [cli.environment['SHELL'], userInfo().shell ?? undefined];
  return own.find((shell) => shell !== undefined && SHELLS.has(basename(shell)));
}
