import type { Blob, Blobs, TreeChange } from '@airlock/actions';
import { LIMITS } from '@airlock/protocol';
import { GitError } from '../errors.js';
import { missing, type Objects } from './objects.js';

/** Content that is read for one commit, bytes: far more than the difference of anything that fits a request. */
const MOST_CONTENT = 128 * 1024 * 1024;

/** The blobs that changes name: whole up to `LIMITS.gitBlobShownBytes`, above that only their size. */
export async function readBlobs(changes: readonly TreeChange[], objects: Objects): Promise<Blobs> {
  const entries = changes.flatMap(({ before, after }) => [before, after]).filter((entry) => entry !== null);
  const ids = new Set(entries.filter(({ mode }) => mode !== '160000').map(({ id }) => id));
  const sizes = await objects.sizes(ids);
  const shown: string[] = [];
  let total = 0;
  for (const id of ids) {
    const header = sizes.get(id);
    if (header === undefined) throw missing(id);
    if (header.type !== 'blob') throw new GitError('object_damaged', `object ${id} is no blob`);
    if (header.size > LIMITS.gitBlobShownBytes) continue;
    shown.push(id);
    total += header.size;
  }
  if (total > MOST_CONTENT) {
    throw new GitError('change_too_large', `one commit changes files with ${total} bytes`, {
      fix: 'make several smaller commits',
    });
  }
  const contents = await objects.read(shown);
  const blobs = new Map<string, Blob>();
  for (const [id, { size }] of sizes) blobs.set(id, { size, bytes: contents.get(id)?.bytes ?? null });
  return blobs;
}
