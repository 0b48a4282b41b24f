import { createHash } from 'node:crypto';
import { closeSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { STARTUP_FACT } from '@airlock/policy';
import { type ConfigurationFact, parseHexSha256 } from '@airlock/protocol';
import { type ForeignFile, openForeign } from '../../files/foreign-file.js';
import { errnoOf } from '../errors.js';

/** Facts that a policy document takes for one pattern. */
const MOST_FACTS = 64;

const LARGEST_FILE = 64 * 1024 * 1024;

function sha256(text: string | Uint8Array) {
  return parseHexSha256(createHash('sha256').update(text).digest('hex'));
}

/** Content of a plain file as text, each byte one character; null when there is none or it is no plain file. */
export function readText(path: string): string | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return null;
    return stats.size > LARGEST_FILE
      ? `too large: ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`
      : readOpened(openForeign(path, { followLink: true }));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? null : `unreadable: ${errno}`;
  }
}

function readOpened({ fd }: ForeignFile): string {
  try {
    return readFileSync(fd, 'latin1');
  } finally {
    closeSync(fd);
  }
}

/** Whether something has this name, also a link that leads nowhere. */
export function hasEntry(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

/** Whether a path leads to a folder, to a plain file, or to nothing of use. */
export function kindOf(path: string): 'folder' | 'file' | 'none' {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) return 'folder';
    return stats?.isFile() === true ? 'file' : 'none';
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return 'none';
  }
}

/** The folder itself and every folder above it, nearest first. */
export function upwards(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

/** What was found in configuration files, by where it was found; looks into each folder once. */
export class FactBook {
  readonly #facts = new Map<string, ConfigurationFact>();
  readonly #listings = new Map<string, readonly string[]>();

  constructor(
    private readonly cwd: string,
    private readonly home: string,
  ) {}

  /** The whole content of a file, when there is one. */
  file(path: string): void {
    const text = readText(path);
    if (text !== null) this.part(path, '', text);
  }

  /** A file that the shell reads which reads the command. */
  startup(path: string): void {
    const text = readText(path);
    if (text === null) return;
    const name = `${STARTUP_FACT}${this.#shown(path)}`.slice(0, 4096);
    this.#facts.set(`${path}\0${STARTUP_FACT}`, { name, sha256: sha256(Buffer.from(text, 'latin1')) });
  }

  /** A part of a file, such as one member or one section. */
  part(path: string, part: string, text: string): void {
    const name = part === '' ? this.#shown(path) : `${this.#shown(path)}: ${part}`;
    this.#facts.set(`${path}\0${part}`, { name: name.slice(0, 4096), sha256: sha256(Buffer.from(text, 'latin1')) });
  }

  /** A file by its real path too: a link that leads elsewhere is a change. */
  program(path: string): void {
    const text = readText(path);
    if (text !== null) this.part(path, '', `${Buffer.from(realpathSync(path)).toString('latin1')}\0${text}`);
  }

  /** Files of a folder that have one of these names, `*` standing for anything. */
  matching(folder: string, names: readonly string[]): readonly string[] {
    return names.flatMap((name) => {
      const at = name.lastIndexOf('/');
      const inside = at === -1 ? folder : `${folder}/${name.slice(0, at)}`;
      const fits = nameTest(name.slice(at + 1));
      return this.#list(inside)
        .filter(fits)
        .map((entry) => `${inside === '/' ? '' : inside}/${entry}`);
    });
  }

  /** Sorted by name. What a document has no room for becomes one fact about all the rest. */
  facts(): ConfigurationFact[] {
    const all = [...this.#facts.values()].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    if (all.length <= MOST_FACTS) return all;
    const rest = all.slice(MOST_FACTS - 1);
    return [...all.slice(0, MOST_FACTS - 1), { name: '~ the other files', sha256: sha256(JSON.stringify(rest)) }].sort(
      (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)),
    );
  }

  #list(folder: string): readonly string[] {
    let listing = this.#listings.get(folder);
    if (listing === undefined) {
      listing = listed(folder);
      this.#listings.set(folder, listing);
    }
    return listing;
  }

  #shown(path: string): string {
    if (isBelow(path, this.cwd)) return relative(this.cwd, path);
    return isBelow(path, this.home) ? `~/${relative(this.home, path)}` : path;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function nameTest(pattern: string): (name: string) => boolean {
  if (!pattern.includes('*')) return (name) => name === pattern;
  const [start = '', end = ''] = pattern.split('*');
  return (name) => name.startsWith(start) && name.endsWith(end) && name.length >= start.length + end.length;
}
