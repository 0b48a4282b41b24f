import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AnyHook, HookState } from './model.js';

const BEGIN = '# >>> airlock: written by "airlock git install", taken out by "airlock git uninstall"';
const END = '# <<< airlock';

/**
 * What a hook of husky gets at its top, where no `exit` of its own comes first. It names no machine, so that it does no harm
 * in the work trees of others: where Airlock is not installed it does nothing. What git says stays readable for the rest.
 */
function block(hook: AnyHook): string {
  const call =
    hook === 'commit-msg'
      ? '  "$airlock_hook" "$@" || exit'
      : `  airlock_input=$(cat)
  printf '%s\\n' "$airlock_input" | "$airlock_hook" "$@" || exit
  exec <<airlock_end
$airlock_input
airlock_end`;
  return `${BEGIN}
airlock_hook=$(git rev-parse --git-common-dir)/airlock/hooks/${hook}
if [ -x "$airlock_hook" ]; then
${call}
fi
${END}
`;
}

/** The text around the block. */
interface Parts {
  readonly before: string;
  readonly inside: string;
  readonly after: string;
}

function split(text: string): Parts | null {
  const begin = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`, begin);
  if (begin === -1 || end === -1) return null;
  const after = end + END.length + 1;
  return { before: text.slice(0, begin), inside: text.slice(begin, after), after: text.slice(after) };
}

function read(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : readFileSync(path, 'latin1');
}

/** State of the block in a file of husky. */
export function blockState(hook: AnyHook, path: string): HookState['state'] {
  const text = read(path) ?? '';
  const parts = split(text);
  if (parts === null) return text.includes('# >>> airlock') ? 'changed' : 'missing';
  return parts.inside === block(hook) && isFirst(parts.before) ? 'installed' : 'changed';
}

/** Comments and blank lines may come before the block, nothing that runs. */
function isFirst(before: string): boolean {
  return before.split('\n').every((line) => line.trim() === '' || line.startsWith('#'));
}

/** Puts the block in, at the top but for a `#!`; answers whether the file is new. */
export function putBlock(hook: AnyHook, path: string): boolean {
  const text = read(path);
  if (text === null) {
    writeFileSync(path, block(hook), { flag: 'wx', mode: 0o644 });
    return true;
  }
  if (blockState(hook, path) === 'installed') return false;
  const parts = split(text);
  const rest = parts === null ? text : parts.before + parts.after;
  const [first] = /^#!.*\n/.exec(rest) ?? [''];
  writeFileSync(path, first + block(hook) + rest.slice(first.length), 'latin1');
  return false;
}

/** Takes the block out; a file that we made and nobody added to goes as a whole. */
export function takeBlock(path: string, wasNew: boolean): void {
  const text = read(path);
  const parts = text === null ? null : split(text);
  if (parts === null) return;
  const rest = parts.before + parts.after;
  if (wasNew && rest === '') rmSync(path);
  else writeFileSync(path, rest, 'latin1');
}
