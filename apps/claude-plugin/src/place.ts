import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installation fixed for the programs under `lib/` (LOC-030). */
export interface ProgramPlace {
  /** Home of configuration, state and data; null for the default places. */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin. */
  readonly plugin: string;
}

const HOME = /^export const home = (.+);$/m;

/** Reads `hooks/place.mjs` of the plugin whose programs are in the folder `lib`. Throws when it does not say. */
export function programPlace(lib: string): ProgramPlace {
  const plugin = dirname(lib);
  const [, text = ''] = HOME.exec(readFileSync(join(plugin, 'hooks', 'place.mjs'), 'utf8')) ?? [];
  const fixedHome: unknown = JSON.parse(text);
  if (fixedHome !== null && typeof fixedHome !== 'string') throw new Error('the home in place is none');
  return { fixedHome, daemonCommand: [join(lib, 'daemon.js')], plugin };
}
