import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { InstallError } from './install-error.js';

/** Name of the list of a plugin's files, which is the only file that it does not list. */
export const FILE_LIST = 'files.json';

const BUILD = 'npm run build in the checkout, then the same command once more';

const MOST_SHOWN = 5;

/** Files that are written anew for the place where a plugin is installed, relative to the plugin. */
export const PLACED_FILES = ['hooks/hooks.json', 'hooks/place.mjs', 'hooks/place.txt'] as const;

const hexSha256 = z.string().regex(/^[0-9a-f]{64}$/);
const plainPath = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\0\\]{1,512}$/);
const fileListSchema = z.record(plainPath, hexSha256);

/** SHA-256 (hex) of every file by its path, relative with `/`. */
export type FileHashes = Readonly<Record<string, string>>;

/** Lower-case hex SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Everything below a folder that is no folder, relative with `/`, sorted by code unit; links are not followed. */
export function entriesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** Text of `files.json`. */
export function fileListText(files: FileHashes): string {
  const sorted = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** `files.json` of a plugin. Throws `plugin_not_built` without one and `plugin_damaged` when it is none. */
export function readFileList(plugin: string): FileHashes {
  const file = join(plugin, FILE_LIST);
  if (statOf(file) === null)
    throw new InstallError('plugin_not_built', `there is no built plugin in ${plugin}`, { fix: BUILD });
  try {
    return fileListSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new InstallError('plugin_damaged', `${file} is no list of files`, { cause });
  }
}

/**
 * Every way in which a folder is not what a list says, each as one line: a file that differs, is missing, is a link, or
 * is not listed. Files that a place writes anew need not be listed, but are compared where they are.
 */
export function differences(plugin: string, listed: FileHashes): readonly string[] {
  const present = entriesBelow(plugin).filter((name) => name !== FILE_LIST);
  const placed = new Set<string>(PLACED_FILES);
  const unlisted = present.filter((name) => !(name in listed) && !placed.has(name)).map((name) => `${name} was added`);
  const wrong = Object.entries(listed).flatMap(([name, hash]) => {
    const fault = faultOf(join(plugin, name), hash);
    return fault === null ? [] : [`${name} ${fault}`];
  });
  return [...wrong, ...unlisted];
}

function faultOf(file: string, hash: string): string | null {
  const found = statOf(file);
  if (found === null) return 'is missing';
  if (!found.isFile()) return 'is no plain file';
  return sha256(readFileSync(file)) === hash ? null : 'was changed';
}

function statOf(file: string): Stats | null {
  return lstatSync(file, { throwIfNoEntry: false }) ?? null;
}

/** The first few of many faults, for one line. */
export function someOf(faults: readonly string[]): string {
  const shown = faults.slice(0, MOST_SHOWN).join(', ');
  return faults.length > MOST_SHOWN ? `${shown} and ${faults.length - MOST_SHOWN} more` : shown;
}
