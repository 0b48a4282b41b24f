import { base64UrlDecode, EncodingError } from '@airlock/protocol';
import { GitError } from '../errors.js';
import type { Repository } from '../repository/repository.js';
import { parseTree } from '../repository/tree-changes.js';

/** File with the keys that may approve, in the tree of the target branch. */
export const APPROVERS_FILE = '.airlock/approvers';

const KEY_BYTES = 32;
const LINE = /^ed25519 ([A-Za-z0-9_-]+)(?:[ \t].*)?$/;
const [KIND, PLAIN, FOLDER] = [0o170000, 0o100000, 0o040000];

/** The file as it stands in one tree. */
export interface Approvers {
  /** Object id of the file. */
  readonly blob: string;
  /** Raw Ed25519 keys, `b64u`. */
  readonly keys: ReadonlySet<string>;
}

/**
 * Reads lines `ed25519 KEY [comment]`; empty ones and those that begin with `#` say nothing.
 * @throws GitError `approvers_invalid` with the number of the line: a file that is partly understood might trust the wrong half
 */
export function readApprovers(bytes: Uint8Array): ReadonlySet<string> {
  const keys = new Set<string>();
  const lines = Buffer.from(bytes).toString('latin1').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, key = ''] = LINE.exec(line) ?? [];
    if (!isKey(key)) throw invalid(`line ${index + 1} is not "ed25519 KEY [comment]" with a raw key in base64url`);
    if (keys.has(key)) throw invalid(`line ${index + 1} names a key again`);
    keys.add(key);
  }
  if (keys.size === 0) throw invalid('it names no key');
  return keys;
}

/** The line for a raw Ed25519 key, `b64u`. */
export function approverLine(key: string): string {
  return `ed25519 ${key}`;
}

/** Whether a text is a raw Ed25519 key, `b64u`. */
export function isKey(text: string): boolean {
  try {
    return base64UrlDecode(text, KEY_BYTES).length === KEY_BYTES;
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}

/**
 * The file in the tree of a commit; null where there is none.
 * @throws GitError `approvers_invalid`
 */
export async function approversAt(repository: Repository, commit: string): Promise<Approvers | null> {
  const entry = await approversEntry(repository, commit);
  if (entry === null) return null;
  if ((entry.mode & KIND) !== PLAIN) throw invalid('it is no plain file');
  const blob = (await repository.objects([entry.id])).get(entry.id);
  if (blob?.type !== 'blob') throw new GitError('objects_missing', `${APPROVERS_FILE} of ${commit} is missing`);
  return { blob: entry.id, keys: readApprovers(blob.bytes) };
}

/** What tells versions of the file apart: {@link Approvers.blob}, another text for what is no plain file, null for none. */
export async function approversVersion(repository: Repository, commit: string): Promise<string | null> {
  const entry = await approversEntry(repository, commit);
  if (entry === null) return null;
  return (entry.mode & KIND) === PLAIN ? entry.id : `${entry.mode.toString(8)} ${entry.id}`;
}

async function approversEntry(
  repository: Repository,
  commit: string,
): Promise<{ readonly mode: number; readonly id: string } | null> {
  const [folder = '', name = ''] = APPROVERS_FILE.split('/');
  const tree = (await repository.commits([commit])).get(commit)?.tree ?? '';
  const inside = (await entriesOf(repository, tree)).get(folder);
  if (inside === undefined || (inside.mode & KIND) !== FOLDER) return null;
  return (await entriesOf(repository, inside.id)).get(name) ?? null;
}

async function entriesOf(repository: Repository, tree: string): Promise<ReturnType<typeof parseTree>> {
  const object = (await repository.objects([tree])).get(tree);
  if (object?.type !== 'tree') throw new GitError('objects_missing', `tree ${tree} is missing`);
  return parseTree(tree, Buffer.from(object.bytes));
}

function invalid(why: string): GitError {
  return new GitError('approvers_invalid', `${APPROVERS_FILE} cannot be used: ${why}`, {
    fix: `put it right in a commit that is verified with --approver KEY, or with git config airlock.approver KEY`,
  });
}
