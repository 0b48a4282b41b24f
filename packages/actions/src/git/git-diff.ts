import type { Blobs, TreeChange } from './model.js';

/**
 * The complete difference between two trees in git's notation, made from the objects themselves: no configuration,
 * attribute or driver takes part (ART-130, ART-135).
 * @throws ActionError `action_invalid` when a blob is missing
 */
export function gitDiff(_changes: readonly TreeChange[], _blobs: Blobs): string {
  throw new Error('not built yet');
}

/**
 * Whether a diff tells exactly these changes: every header is ours, and every hunk turns the old content into the new one.
 * Does not depend on how the shortest edit is looked for, so that old receipts stay valid.
 */
export function diffTells(_diff: string, _changes: readonly TreeChange[], _blobs: Blobs): boolean {
  throw new Error('not built yet');
}
