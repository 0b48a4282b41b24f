import { foldName } from './fold.js';

/**
 * A path as it stands in an action, its parts folded. `here` is relative, `home` begins with `~` or `$HOME`, `unknown`
 * with a variable or a folder that cannot be told.
 */
export interface NamedPath {
  readonly from: 'root' | 'here' | 'home' | 'unknown';
  readonly parts: readonly string[];
}

interface Start {
  readonly from: NamedPath['from'];
  readonly rest: string;
}

function start(path: string): Start {
  if (path.startsWith('/')) return { from: 'root', rest: path };
  const home = /^(?:~(?![+/])[^/]*|~|\$HOME)(?=\/|$)/.exec(path);
  if (home !== null) return { from: 'home', rest: path.slice(home[0].length) };
  const here = /^(?:\$PWD|~\+)(?=\/|$)/.exec(path);
  if (here !== null) return { from: 'here', rest: path.slice(here[0].length) };
  const variable = /^\$[^/]*/.exec(path);
  if (variable !== null) return { from: 'unknown', rest: path.slice(variable[0].length) };
  return { from: 'here', rest: path };
}

function fold(part: string): string {
  return part === '..' || part === '.' ? part : foldName(part);
}

/** Takes one more part into a normal path: `.` and nothing are dropped, `..` goes up as far as that can be told. */
function step(kept: string[], part: string, isRooted: boolean): void {
  if (part === '' || part === '.') return;
  if (part !== '..') kept.push(part);
  else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
  else if (!isRooted) kept.push('..');
}

function normal(parts: readonly string[], isRooted: boolean): readonly string[] {
  const kept: string[] = [];
  for (const part of parts) step(kept, part, isRooted);
  return kept;
}

/** Folders of `/proc`, `/dev` and macOS that lead elsewhere: where to. */
const DOORS: readonly { readonly at: RegExp; readonly to: NamedPath['from'] }[] = [
  { at: /^proc\/[^/]+(?:\/task\/[^/]+)?\/root$/, to: 'root' },
  { at: /^proc\/[^/]+(?:\/task\/[^/]+)?\/cwd$/, to: 'here' },
  { at: /^(?:proc\/[^/]+(?:\/task\/[^/]+)?|dev)\/fd\/[^/]+$/, to: 'unknown' },
  { at: /^system\/volumes\/data$/, to: 'root' },
];

/** Walks an absolute path part by part, because `..` behind such a door does not lead back through it. */
function walk(parts: readonly string[]): NamedPath {
  let from: NamedPath['from'] = 'root';
  let kept: string[] = [];
  for (const part of parts) {
    step(kept, part, from === 'root');
    const door: (typeof DOORS)[number] | undefined =
      from === 'root' && kept.length <= 6 ? DOORS.find(({ at }) => at.test(kept.join('/'))) : undefined;
    if (door === undefined) continue;
    from = door.to;
    kept = [];
  }
  return { from, parts: kept };
}

/** Reads one word as a path. */
export function namedPath(word: string): NamedPath {
  const { from, rest } = start(word);
  const parts = rest.split('/').map(fold);
  return from === 'root' ? walk(parts) : { from, parts: normal(parts, false) };
}

/** The path seen from a folder; only `root` and `here` become absolute. */
export function seenFrom(path: NamedPath, base: readonly string[]): readonly string[] | null {
  if (path.from === 'root') return path.parts;
  return path.from === 'here' ? normal([...base, ...path.parts], true) : null;
}

/** Folded parts of an absolute path. */
export function partsOf(absolute: string): readonly string[] {
  return normal(absolute.split('/').map(fold), true);
}
