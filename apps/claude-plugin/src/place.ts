import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installation fixed for the programs under `lib/` (LOC-030). */
export interface ProgramPlace {
  /** Home of configuration, state and data; null for the default places. */
  readonly fixedHome: string | null;
  /** Main file of the `airlock` command that installed the plugin; null where none did. */
  readonly command: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin. */
  readonly plugin: string;
}

/** Reads `hooks/place.mjs` of the plugin whose programs are in the folder `lib`. Throws when it does not say. */
export function programPlace(lib: string): ProgramPlace {
  const plugin = dirname(lib);
  const module = readFileSync(join(plugin, 'hooks', 'place.mjs'), 'utf8');
  const [fixedHome, command] = [pathIn(module, 'home'), pathIn(module, 'command')];
  return { fixedHome, command, daemonCommand: [join(lib, 'daemon.js')], plugin };
}

function pathIn(module: string, name: string): string | null {
  const [, text = ''] = new RegExp(`^export const ${name} = (.+);$`, 'm').exec(module) ?? [];
  const path: unknown = JSON.parse(text);
  if (path !== null && typeof path !== 'string') throw new Error(`the ${name} in place is none`);
  return path;
}
