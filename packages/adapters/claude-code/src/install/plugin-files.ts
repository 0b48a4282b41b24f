import { resolvePaths } from '@airlock/runtime/client';

/** What the generated files of the plugin depend on. */
export interface PluginPlace {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the Node program that hook, commands and daemon run with; null in a published plugin. */
  readonly node: string | null;
  /** Home that the installation fixes (LOC-030); null for the default places. */
  readonly fixedHome: string | null;
  /** `installed`: copied by `airlock claude install`; `development`: read in place from a checkout. */
  readonly kind: 'installed' | 'development' | 'published';
}

/** Text of `hooks/hooks.json` for a platform. */
export function hooksJson(place: Pick<PluginPlace, 'platform' | 'node'>): string {
  throw new Error(`not built yet ${place.platform}`);
}

/** Text of `hooks/place.sh`, which the hook script reads: node, home, socket, pid file. */
export function placeFile(place: PluginPlace): string {
  throw new Error(`not built yet ${place.kind}`);
}

/**
 * Text of `hooks/place.mjs`, which the modules and the programs under `lib/` import: `socket`, where the daemon listens,
 * null where that cannot be fixed (a published plugin); and `home`, the home that the installation fixes, or null.
 */
export function placeModule(place: PluginPlace): string {
  const socket = place.kind === 'published' ? null : resolvePaths({ fixedHome: place.fixedHome }).socket;
  return `export const socket = ${JSON.stringify(socket)};\nexport const home = ${JSON.stringify(place.fixedHome)};\n`;
}
