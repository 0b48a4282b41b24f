import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installation fixed for the programs under `lib/` (LOC-030). */
export interface ProgramPlace {
  /** Where the daemon listens; null where that was not fixed. */
  readonly socket: string | null;
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
  const module = `\n${readFileSync(join(plugin, 'hooks', 'place.mjs'), 'utf8')}`;
  const [socket, fixedHome, command] = [pathIn(module, 'socket'), pathIn(module, 'home'), pathIn(module, 'command')];
  return { socket, fixedHome, command, daemonCommand: [join(lib, 'daemon.js')], plugin };
}

function pathIn(module: string, name: string): string | null {
  const start = `\nexport const ${name} = `;
  const at = module.indexOf(start);
  const path: unknown = JSON.parse(module.slice(at + start.length, module.indexOf(';\n', at)));
  if (at !== -1 && (path === null || typeof path === 'string')) return path;
  throw new Error(`the ${name} in place is none`);
}
