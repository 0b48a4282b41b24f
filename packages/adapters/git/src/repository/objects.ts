import { createHash } from 'node:crypto';
import { LIMITS } from '@airlock/protocol';
import { GitError } from '../errors.js';
import { CatFile } from './cat-file.js';
import type { GitProgram } from './git-program.js';

/** An object as it is stored. */
export interface RawObject {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Largest object that is read whole, bytes: a note with many receipts is by far the largest that is of use. */
const LARGEST = 32 * LIMITS.artifactCiphertextBytes;

/** How many objects are asked for ahead of the answers. */
const AHEAD = 512;

/** What is said where an object is not there, or, without an id, some object of the history. */
export function missing(id: string | null, cause?: GitError): GitError {
  const what =
    id === null ? `the history cannot be followed (${cause?.message ?? ''})` : `object ${id} is not in this repository`;
  return new GitError('objects_missing', what, {
    ...(cause === undefined ? {} : { cause }),
    fix: 'git fetch --unshallow, or in a partial clone git fetch --refetch --no-filter',
  });
}

/** The objects of a repository. What is read whole is what its id says: the hash is computed anew. */
export class Objects {
  readonly #git: GitProgram;
  readonly #hash: 'sha1' | 'sha256';
  readonly #id: RegExp;
  #contents: CatFile | null = null;
  #headers: CatFile | null = null;

  constructor(git: GitProgram, hash: 'sha1' | 'sha256') {
    this.#git = git;
    this.#hash = hash;
    this.#id = hash === 'sha1' ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/;
  }

  /**
   * Objects by id, those that are there. Throws `object_damaged` for one whose content has another id.
   * @param most bytes of all together; `change_too_large` above it
   */
  async read(ids: Iterable<string>, most = Number.POSITIVE_INFINITY): Promise<Map<string, RawObject>> {
    await this.#refuseLarge(ids, most);
    this.#contents ??= new CatFile(this.#git, '--batch');
    const found = await this.#ask(this.#contents, ids);
    for (const [id, { type, bytes }] of found) {
      const actual = createHash(this.#hash).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
      if (actual !== id)
        throw new GitError('object_damaged', `object ${id} has the content of ${actual}`, { fix: 'git fsck' });
    }
    return found;
  }

  /** Types and sizes by id, of those that are there. */
  async sizes(ids: Iterable<string>): Promise<Map<string, { readonly type: string; readonly size: number }>> {
    this.#headers ??= new CatFile(this.#git, '--batch-check');
    return await this.#ask(this.#headers, ids);
  }

  async close(): Promise<void> {
    await Promise.all([this.#contents?.close(), this.#headers?.close()]);
  }

  async #ask(from: CatFile, ids: Iterable<string>) {
    const wanted = [...new Set(ids)];
    const wrong = wanted.find((id) => !this.#id.test(id));
    if (wrong !== undefined) throw new GitError('git_failed', `not an object id: ${wrong}`);
    const found = new Map<string, { readonly type: string; readonly size: number; readonly bytes: Buffer }>();
    for (let at = 0; at < wanted.length; at += AHEAD) {
      const answers = await Promise.all(
        wanted.slice(at, at + AHEAD).map(async (id) => [id, await from.ask(id)] as const),
      );
      for (const [id, answer] of answers) if (answer !== null) found.set(id, answer);
    }
    return found;
  }

  async #refuseLarge(ids: Iterable<string>, most: number): Promise<void> {
    let total = 0;
    for (const [id, { size }] of await this.sizes(ids)) {
      if (size > LARGEST) throw new GitError('change_too_large', `object ${id} has ${size} bytes`);
      total += size;
    }
    if (total > most) throw new GitError('change_too_large', `objects with ${total} bytes are wanted at once`);
  }
}
