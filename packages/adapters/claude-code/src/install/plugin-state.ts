import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InstallError } from './install-error.js';
import { managedMarketplace, managedFaults } from './managed-install.js';
import type { ManagedPlaces } from './managed-settings.js';
import { differences, FILE_LIST, readFileList } from './plugin-bytes.js';
import { placeFile } from './plugin-files.js';
import { folderName, PLUGIN } from './plugin-plan.js';
import { readObject } from './settings-files.js';

/**
 * How a plugin that Claude Code loads got where it is. `installed`: a verified copy of this user's. `managed`: root's,
 * forced on for everybody. `development`: read in place from a checkout, which an agent may write. `published`: from a
 * marketplace that somebody else serves.
 */
export type PluginKind = 'installed' | 'managed' | 'development' | 'published';

/** A plugin that is there. */
export interface PluginState {
  readonly kind: PluginKind;
  readonly folder: string;
  readonly version: string | null;
  /** What is not as it should be, each as a sentence without a full stop. */
  readonly faults: readonly string[];
}

/** Where copies of ours may be. */
export interface CopyPlaces {
  /** Of this user. */
  readonly copies: string;
  readonly managed: ManagedPlaces;
}

/** Looks at every byte of the plugin in `folder`. */
export function pluginState(folder: string, places: CopyPlaces): PluginState {
  const kind = kindOf(folder, places);
  const version = readObject(join(folder, '.claude-plugin', 'plugin.json'))?.version;
  return {
    kind,
    folder,
    version: typeof version === 'string' ? version : null,
    faults: kind === 'managed' ? managedFaults(places.managed, null) : byteFaults(folder, kind),
  };
}

function kindOf(folder: string, places: CopyPlaces): PluginKind {
  const marketplace = dirname(folder);
  if (managedMarketplace(places.managed) === marketplace) return 'managed';
  if (dirname(marketplace) === places.copies || isCopied(folder, places.copies)) return 'installed';
  return isPublished(folder) ? 'published' : 'development';
}

/** Versions without modules read a copy that they made themselves: it is ours when the list of files is. */
function isCopied(folder: string, copies: string): boolean {
  try {
    const list = readFileSync(join(folder, FILE_LIST));
    return readdirSync(copies).some((name) => readFileSync(join(copies, name, PLUGIN, FILE_LIST)).equals(list));
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function isPublished(folder: string): boolean {
  const text = placeFile({ platform: process.platform, node: null, fixedHome: null, command: null, kind: 'published' });
  try {
    return readFileSync(join(folder, 'hooks', 'place.txt'), 'utf8') === text;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** The list of files of an installed copy is named by its folder, so a list that was changed with the files shows. */
function byteFaults(folder: string, kind: PluginKind): readonly string[] {
  try {
    const wrong = differences(folder, readFileList(folder));
    return kind === 'installed' && !isNamedByList(folder) ? [...wrong, `${FILE_LIST} was changed`] : wrong;
  } catch (error) {
    if (error instanceof InstallError) return [error.message];
    throw error;
  }
}

function isNamedByList(folder: string): boolean {
  const list = readFileSync(join(folder, FILE_LIST), 'utf8');
  const parent = dirname(folder).split('/').at(-1) ?? '';
  // A copy that the host made lies in a folder of the host's name.
  return !/-[0-9a-f]{16}$/.test(parent) || parent === folderName(parent.slice(0, -17), list);
}
