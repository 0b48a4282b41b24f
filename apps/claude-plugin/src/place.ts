import { fileURLToPath } from 'node:url';

/** What an installation fixed for the programs under `lib/` (LOC-030). */
export interface ProgramPlace {
  /** Home of configuration, state and data; null for the default places. */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin. */
  readonly plugin: string;
}

/** Reads `hooks/place.mjs` of the plugin that this program is a part of. Rejects when it does not say. */
export async function programPlace(): Promise<ProgramPlace> {
  const generated: unknown = await import(new URL('../hooks/place.mjs', import.meta.url).href);
  if (typeof generated !== 'object' || generated === null || !('home' in generated))
    throw new Error('no home in place');
  const { home } = generated;
  if (home !== null && typeof home !== 'string') throw new Error('the home in place is none');
  return {
    fixedHome: home,
    daemonCommand: [fileURLToPath(new URL('./daemon.js', import.meta.url))],
    plugin: fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, ''),
  };
}
