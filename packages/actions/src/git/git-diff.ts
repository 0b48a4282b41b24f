import { LIMITS } from '@airlock/protocol';
import { ActionError } from '../errors.js';
import { applyDifference } from '../file/apply-difference.js';
import { difference } from '../file/difference.js';
import type { Blobs, TreeChange } from './model.js';
import { sectionsOf } from './sections.js';

/**
 * The complete difference between two trees in git's notation, made from the objects themselves: no configuration,
 * attribute or driver takes part (ART-130, ART-135).
 * @throws ActionError `action_invalid` for changes that cannot be true, or when a blob is missing; `action_too_large`
 * where no artifact could hold it
 */
export function gitDiff(changes: readonly TreeChange[], blobs: Blobs): string {
  let diff = '';
  for (const { head, texts } of sectionsOf(changes, blobs)) {
    diff += head + (texts === null ? '' : difference(texts.before, texts.after));
    if (diff.length > LIMITS.artifactCiphertextBytes) {
      throw new ActionError('action_too_large', 'The change is too large to be put before a human uncut');
    }
  }
  return diff;
}

/**
 * Whether a diff tells exactly these changes: every header is ours, and every hunk turns the old content into the new one.
 * Does not depend on how the shortest edit is looked for, so that old receipts stay valid.
 * @throws ActionError `action_invalid` as {@link gitDiff}
 */
export function diffTells(diff: string, changes: readonly TreeChange[], blobs: Blobs): boolean {
  let at = 0;
  for (const { head, texts } of sectionsOf(changes, blobs)) {
    if (!diff.startsWith(head, at)) return false;
    at += head.length;
    if (texts === null) continue;
    const end = endOfHunks(diff, at);
    if (applyDifference(texts.before, diff.slice(at, end)) !== texts.after) return false;
    at = end;
  }
  return at === diff.length;
}

/** Lines of hunks begin with one of these characters, lines of headers never do. */
function endOfHunks(diff: string, start: number): number {
  let at = start;
  while (at < diff.length && '@ +-\\'.includes(diff.charAt(at))) {
    const end = diff.indexOf('\n', at);
    at = end === -1 ? diff.length : end + 1;
  }
  return at;
}
