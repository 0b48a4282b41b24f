import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errors.js';

/** As Linux: more links than this lead nowhere. */
const MAX_LINKS = 40;

/** Where names of an action lead from. */
export interface TargetPlace {
  /** Real path. */
  readonly cwd: string;
  readonly home: string;
  /** Variables by their values, as far as they are known. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A word of an action with the real paths behind it. */
export interface ResolvedTarget {
  readonly name: string;
  readonly paths: string[];
}

function linkAt(path: string): string | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : null;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
}

/** Where links lead, by path, of one look at the file system: most names of an action begin in one folder. */
type Links = Map<string, string | null>;

function linkOnce(path: string, links: Links): string | null {
  const known = links.get(path);
  if (known !== undefined) return known;
  const link = linkAt(path);
  links.set(path, link);
  return link;
}

/**
 * The real path behind an absolute one, part by part as the kernel walks it, also where the end of it does not exist yet
 * or a link leads to nothing.
 */
export function followLinks(path: string): string {
  return followed(path, new Map());
}

function followed(path: string, links: Links): string {
  const open = path.split('/').reverse();
  /** The way to here: every folder on it as a path. */
  const way: string[] = [];
  let count = 0;
  while (open.length > 0) {
    const part = open.pop() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      way.pop();
      continue;
    }
    const here = `${way.at(-1) ?? ''}/${part}`;
    const link = count < MAX_LINKS ? linkOnce(here, links) : null;
    if (link === null) {
      way.push(here);
      continue;
    }
    count += 1;
    if (link.startsWith('/')) way.length = 0;
    open.push(...link.split('/').reverse());
  }
  return way.at(-1) ?? '/';
}

/** The absolute path that a word means to a shell, links not followed; null for what cannot be told. */
function absolute(name: string, place: TargetPlace): string | null {
  const home = /^~(?=\/|$)/.exec(name);
  if (home !== null) return `${place.home}${name.slice(1)}`;
  const variable = /^\$(\w+)(?=\/|$)/.exec(name);
  if (variable !== null) {
    const value = place.variables[variable[1] ?? ''];
    return value?.startsWith('/') === true ? `${value}${name.slice(variable[0].length)}` : null;
  }
  return name.startsWith('/') ? name : `${place.cwd}/${name}`;
}

/**
 * Resolves words that may name files. What a word says by itself, seen from the folder, is left out: only links, `~` and
 * variables add something.
 */
export function resolveTargets(names: readonly string[], place: TargetPlace): ResolvedTarget[] {
  const found: ResolvedTarget[] = [];
  const links: Links = new Map();
  for (const name of names) {
    const path = absolute(name, place);
    if (path === null || path.includes('\0')) continue;
    const real = followed(path, links);
    const plain = join(path);
    if (real !== plain && `${real}/` !== plain) found.push({ name, paths: [real] });
    else if (!name.startsWith('/') && path !== `${place.cwd}/${name}`) found.push({ name, paths: [real] });
  }
  return found;
}
