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

/** A command of ours inside advice, unless it is one that {@link commandLine} made or a name in quotes. */
const BARE_COMMAND = /(?<![\w/.@"-])(?<!AIRLOCK_HOME=\S+ )airlock(?= [a-z])/g;

/** Advice whose `airlock …` commands work as typed wherever this program was started from. */
export function asTyped(cli: Cli, advice: string): string {
  return advice.replace(BARE_COMMAND, () => commandLine(cli));
}

/** The same for a whole line that ends in its advice. */
export function adviceAsTyped(cli: Cli, line: string): string {
  const at = line.lastIndexOf(' (try: ');
  return at === -1 ? line : `${line.slice(0, at)}${asTyped(cli, line.slice(at))}`;
}
