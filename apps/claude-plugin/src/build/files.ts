import { readFileSync } from 'node:fs';
import path from 'node:path';
import { entriesBelow, FILE_LIST, fileListText, sha256 } from '@airlock/adapter-claude-code';

/** Text of `files.json`: SHA-256 of every file of a plugin but that one, for the check of an installed copy. */
export function filesText(plugin: string): string {
  const names = entriesBelow(plugin).filter((name) => name !== FILE_LIST);
  return fileListText(Object.fromEntries(names.map((name) => [name, sha256(readFileSync(path.join(plugin, name)))])));
}
