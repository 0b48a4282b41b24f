import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Name of the list itself, and of the files that an installation writes anew for its own place. */
const NOT_LISTED = new Set(['files.json', 'hooks/hooks.json', 'hooks/place.mjs', 'hooks/place.sh']);

/** Every regular file of a folder, relative with `/`, sorted by code unit. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** Text of `files.json`: `{ "<path>": "<SHA-256, hex>" }` of every file that is the same wherever the plugin lies. */
export function filesText(plugin: string): string {
  const entries = filesOf(plugin)
    .filter((file) => !NOT_LISTED.has(file))
    .map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(plugin, file)))
        .digest('hex'),
    ]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}
