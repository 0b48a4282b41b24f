import type { TreeChange, TreeEntry } from '@airlock/actions';
import { GitError } from '../errors.js';
import { missing, type Objects } from './objects.js';

/** More changed paths than this fit no request anyway. */
const MOST_CHANGES = 20_000;

/** A folder that differs, by its trees on both sides. */
interface Folder {
  readonly path: Buffer;
  readonly before: string | null;
  readonly after: string | null;
}

/** An entry of a tree as it is stored. */
export interface RawEntry {
  readonly name: Buffer;
  readonly mode: number;
  readonly id: string;
}

/** Entries by name, one character a byte. */
export type Entries = ReadonlyMap<string, RawEntry>;

const SLASH = Buffer.from('/');
const EMPTY: Entries = new Map();

/** What differs between two trees, read from the tree objects themselves, level by level. */
export async function treeChanges(
  before: string | null,
  after: string,
  objects: Objects,
): Promise<readonly TreeChange[]> {
  const changes: TreeChange[] = [];
  let folders: readonly Folder[] = before === after ? [] : [{ path: Buffer.alloc(0), before, after }];
  while (folders.length > 0) {
    const trees = await readTrees(folders, objects);
    const below: Folder[] = [];
    for (const folder of folders) {
      compare(folder, trees, { changes, below });
      if (changes.length + below.length > MOST_CHANGES) throw tooMany();
    }
    folders = below;
  }
  return changes.sort((a, b) => Buffer.compare(a.path, b.path));
}

function tooMany(): GitError {
  return new GitError('change_too_large', `more than ${MOST_CHANGES} paths change in one commit`, {
    fix: 'make several smaller commits',
  });
}

async function readTrees(folders: readonly Folder[], objects: Objects): Promise<ReadonlyMap<string, Entries>> {
  const ids = new Set(folders.flatMap(({ before, after }) => [before, after].filter((id) => id !== null)));
  const found = await objects.read(ids);
  const trees = new Map<string, Entries>();
  for (const id of ids) {
    const object = found.get(id);
    if (object === undefined) throw missing(id);
    if (object.type !== 'tree') throw new GitError('object_damaged', `object ${id} is no tree`);
    trees.set(id, parseTree(id, Buffer.from(object.bytes)));
  }
  return trees;
}

function compare(
  { path, before, after }: Folder,
  trees: ReadonlyMap<string, Entries>,
  into: { readonly changes: TreeChange[]; readonly below: Folder[] },
): void {
  const old = (before === null ? undefined : trees.get(before)) ?? EMPTY;
  const now = (after === null ? undefined : trees.get(after)) ?? EMPTY;
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.id === is?.id && was?.mode === is?.mode) continue;
    const name = was?.name ?? is?.name ?? Buffer.alloc(0);
    const full = path.length === 0 ? name : Buffer.concat([path, SLASH, name]);
    const [wasTree, isTree] = [treeOf(was), treeOf(is)];
    if (wasTree !== isTree) into.below.push({ path: full, before: wasTree, after: isTree });
    const [wasEntry, isEntry] = [entryOf(was), entryOf(is)];
    if (wasEntry?.id === isEntry?.id && wasEntry?.mode === isEntry?.mode) continue;
    into.changes.push({ path: full, before: wasEntry, after: isEntry });
  }
}

const [KIND, EXECUTABLE] = [0o170000, 0o100];

function treeOf(entry: RawEntry | undefined): string | null {
  return entry !== undefined && (entry.mode & KIND) === 0o040000 ? entry.id : null;
}

/** Modes as git understands them, which is more than it writes. */
function entryOf(entry: RawEntry | undefined): TreeEntry | null {
  if (entry === undefined) return null;
  const { id, mode } = entry;
  switch (mode & KIND) {
    case 0o040000:
      return null;
    case 0o100000:
      return { id, mode: (mode & EXECUTABLE) === 0 ? '100644' : '100755' };
    case 0o120000:
      return { id, mode: '120000' };
    case 0o160000:
      return { id, mode: '160000' };
    default:
      throw new GitError('object_damaged', `a tree has an entry with the mode ${mode.toString(8)}`);
  }
}

/** The entries of a tree. A tree that git itself would not write may mean two things, and is refused. */
export function parseTree(id: string, bytes: Buffer): Entries {
  const idBytes = id.length / 2;
  const entries = new Map<string, RawEntry>();
  let last = '';
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = bytes.indexOf(0, at);
    const next = end + 1 + idBytes;
    const octal = bytes.toString('latin1', at, space);
    const name = bytes.subarray(space + 1, end);
    const key = name.toString('latin1');
    const entry = { name, mode: Number.parseInt(octal, 8), id: bytes.toString('hex', end + 1, next) };
    const order = treeOf(entry) === null ? key : `${key}/`;
    const isSound = space > at && end > space + 1 && next <= bytes.length && /^[0-7]{5,6}$/.test(octal);
    if (!isSound || key.includes('/') || entries.has(key) || order <= last) {
      throw new GitError('object_damaged', `tree ${id} is none that git writes`, { fix: 'git fsck' });
    }
    entries.set(key, entry);
    last = order;
    at = next;
  }
  return entries;
}
