import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import type { Cli } from './context.js';

/** Quotes a word for a POSIX shell where it needs quoting. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function firstOnPath(name: string, path: string): string | undefined {
  for (const directory of path.split(delimiter)) {
    const candidate = join(directory === '' ? '.' : directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return realpathSync(candidate);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}

/** `airlock` where a terminal would find this very program by that name, else `node /absolute/main.js`. */
function program(cli: Cli): readonly string[] {
  const path = cli.environment.PATH ?? '';
  if (basename(cli.startedAs) === 'airlock' && firstOnPath('airlock', path) === cli.entry) return ['airlock'];
  const node = firstOnPath('node', path) === realpathSync(process.execPath) ? 'node' : process.execPath;
  return [node, resolve(cli.startedAs)];
}

/** A complete command that works as typed in another terminal, `AIRLOCK_HOME` included when it is set here. */
export function commandLine(cli: Cli, ...words: readonly string[]): string {
  const home = cli.environment.AIRLOCK_HOME;
  const prefix = home === undefined || home === '' ? [] : [`AIRLOCK_HOME=${shellWord(resolve(home))}`];
  return [...prefix, ...[...program(cli), ...words].map(shellWord)].join(' ');
}

/** The same, from a given folder. */
export function commandLineIn(cli: Cli, folder: string, ...words: readonly string[]): string {
  return `cd ${shellWord(folder)} && ${commandLine(cli, ...words)}`;
}
