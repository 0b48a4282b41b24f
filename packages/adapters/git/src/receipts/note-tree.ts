import { GitError } from '../errors.js';
import { parseTree } from '../repository/tree-changes.js';
import type { Repository } from '../repository/repository.js';
import { noteLines } from './note-lines.js';

/** A note, and where its tree keeps it. */
export interface Note {
  readonly path: string;
  readonly blob: string;
}

/** What a notes commit holds. */
export interface Notes {
  /** By the object they are about. A tree of others may hold several for one, at different depths. */
  readonly byObject: ReadonlyMap<string, readonly Note[]>;
  /** Paths that are no notes. */
  readonly foreign: readonly string[];
}

/** The longest list of paths that are no notes; one is enough to refuse them. */
const FOREIGN_KEPT = 8;

/** More folders than this hold no notes that git wrote: a tree may name itself so often that no machine can walk it. */
const MOST_FOLDERS = 100_000;

/** More entries than this do not fit into memory, whoever they are from. */
const MOST_ENTRIES = 1_000_000;

interface Folder {
  readonly prefix: string;
  readonly path: string;
  readonly id: string;
}

/**
 * Reads the tree of a notes commit, at whatever depth its notes lie.
 * @param at object id of the notes commit; null where there is none yet
 * @param wanted only these objects, so that few notes of a big tree cost little
 */
export async function readNotes(
  repository: Repository,
  at: string | null,
  wanted?: ReadonlySet<string>,
): Promise<Notes> {
  const byObject = new Map<string, Note[]>();
  const foreign: string[] = [];
  let folders: Folder[] = at === null ? [] : [{ prefix: '', path: '', id: await treeOf(repository, at) }];
  const idLength = repository.zeroId.length;
  let walked = 0;
  let seen = 0;
  while (folders.length > 0) {
    const trees = await readAll(
      repository,
      folders.map(({ id }) => id),
      'tree',
    );
    const below: Folder[] = [];
    const length = (folders[0]?.prefix.length ?? 0) + 2;
    const prefixes = wanted === undefined ? null : new Set([...wanted].map((id) => id.slice(0, length)));
    for (const folder of folders) {
      const entries = parseTree(folder.id, Buffer.from(trees.get(folder.id) ?? []));
      seen += entries.size;
      if (seen > MOST_ENTRIES) throw tooMany();
      for (const [name, { mode, id }] of entries) {
        const prefix = folder.prefix + name;
        const path = folder.path + name;
        if (isFolder(mode, name) && prefix.length < idLength) {
          if (prefixes?.has(prefix) !== false) below.push({ prefix, path: `${path}/`, id });
        } else if (mode === FILE && prefix.length === idLength && HEX.test(prefix)) {
          if (wanted?.has(prefix) !== false) push(byObject, prefix, { path, blob: id });
        } else if (foreign.length < FOREIGN_KEPT) foreign.push(path);
      }
    }
    walked += below.length;
    if (walked > MOST_FOLDERS) throw tooMany();
    folders = below;
  }
  return { byObject, foreign };
}

/** The lines of all notes of some objects, by object. */
export async function readLines(
  repository: Repository,
  notes: ReadonlyMap<string, readonly Note[]>,
  of: Iterable<string> = notes.keys(),
): Promise<ReadonlyMap<string, readonly string[]>> {
  const objects = [...of];
  const blobs = new Set(objects.flatMap((id) => (notes.get(id) ?? []).map(({ blob }) => blob)));
  const bytes = await readAll(repository, [...blobs], 'blob');
  const linesOf = new Map([...bytes].map(([id, note]) => [id, noteLines(note)]));
  return new Map(
    objects.map((id) => [id, [...new Set((notes.get(id) ?? []).flatMap(({ blob }) => linesOf.get(blob) ?? []))]]),
  );
}

const HEX = /^[0-9a-f]+$/;

const [FILE, FOLDER] = [0o100644, 0o040000];

function tooMany(): GitError {
  return new GitError('receipt_invalid', 'the tree of the receipts is none that git writes');
}

function isFolder(mode: number, name: string): boolean {
  return mode === FOLDER && name.length === 2 && HEX.test(name);
}

function push(map: Map<string, Note[]>, key: string, note: Note): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [note]);
  else known.push(note);
}

async function treeOf(repository: Repository, commit: string): Promise<string> {
  const bytes = (await readAll(repository, [commit], 'commit')).get(commit);
  const id = /^tree ([0-9a-f]+)\n/.exec(Buffer.from(bytes ?? []).toString('latin1'))?.[1];
  if (id === undefined) throw new GitError('receipt_invalid', `${commit} is no commit with notes`);
  return id;
}

async function readAll(
  repository: Repository,
  ids: readonly string[],
  type: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = await repository.objects(ids);
  const result = new Map<string, Uint8Array>();
  for (const id of ids) {
    const object = found.get(id);
    if (object?.type !== type)
      throw new GitError(
        'receipt_invalid',
        `The receipts are damaged: ${id} should be a ${type} and is ${object?.type ?? 'missing'}`,
        {
          fix: 'git fsck; then fetch refs/notes/airlock again from a repository that has them',
        },
      );
    result.set(id, object.bytes);
  }
  return result;
}
