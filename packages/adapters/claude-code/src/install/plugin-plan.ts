import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InstallError } from './install-error.js';
import { differences, type FileHashes, fileListText, readFileList, sha256, someOf } from './plugin-bytes.js';
import { hooksJson, placeFile, placeModule, type PluginPlace } from './plugin-files.js';

/** Name of the plugin, and of the marketplace that holds nothing else. */
export const PLUGIN = 'airlock';
/** The plugin as Claude Code names it. */
export const PLUGIN_ID = `${PLUGIN}@${PLUGIN}`;

/** An installed copy before it is made. */
export interface PluginPlan {
  /** Folder of the verified plugin that is copied. */
  readonly source: string;
  readonly version: string;
  /** Name of the copy's folder: the version and what its list of files hashes to, so other bytes have another place. */
  readonly folder: string;
  /** Files copied as they are. */
  readonly copied: FileHashes;
  /** Files written for the place, by path. */
  readonly written: Readonly<Record<string, string>>;
  /** Text of the copy's own `files.json`, which lists every file. */
  readonly fileList: string;
  /** Text of the marketplace's own file, beside the plugin's folder. */
  readonly marketplace: string;
}

const manifestSchema = z.object({ version: z.string().regex(/^[0-9A-Za-z.+-]{1,64}$/) });

/**
 * Verifies a built plugin byte for byte and says what its copy for a place consists of.
 *
 * @param marketplace - folder of the built marketplace: `.claude-plugin/marketplace.json` and `airlock/`
 * @throws InstallError `plugin_not_built` when nothing is there, `plugin_damaged` when it is not what was built
 */
export function planPlugin(marketplace: string, place: PluginPlace): PluginPlan {
  const source = join(marketplace, PLUGIN);
  const listed = readFileList(source);
  const faults = differences(source, listed);
  if (faults.length > 0) {
    throw new InstallError('plugin_damaged', `the plugin in ${source} is not as it was built: ${someOf(faults)}`);
  }
  const written = writtenFiles(place);
  const copied = Object.fromEntries(Object.entries(listed).filter(([name]) => !(name in written)));
  const hashes = Object.fromEntries(Object.entries(written).map(([name, text]) => [name, sha256(text)]));
  const fileList = fileListText({ ...copied, ...hashes });
  const version = versionOf(source);
  return {
    source,
    version,
    folder: folderName(version, fileList),
    copied,
    written,
    fileList,
    marketplace: readFileSync(join(marketplace, '.claude-plugin', 'marketplace.json'), 'utf8'),
  };
}

/** Name of the folder for a version with this list of files. */
export function folderName(version: string, fileList: string): string {
  return `${version}-${sha256(fileList).slice(0, 16)}`;
}

function writtenFiles(place: PluginPlace): Readonly<Record<string, string>> {
  return {
    'hooks/hooks.json': hooksJson(place),
    'hooks/place.mjs': placeModule(place),
    'hooks/place.txt': placeFile(place),
  };
}

function versionOf(source: string): string {
  try {
    const text = readFileSync(join(source, '.claude-plugin', 'plugin.json'), 'utf8');
    return manifestSchema.parse(JSON.parse(text)).version;
  } catch (cause) {
    throw new InstallError('plugin_damaged', `the manifest of ${source} has no version`, { cause });
  }
}
