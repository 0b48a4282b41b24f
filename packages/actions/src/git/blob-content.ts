import { EncodingError, LIMITS, utf8Decode } from '@airlock/protocol';
import { check } from '../checks.js';
import { ActionError } from '../errors.js';
import type { Blob, Blobs, TreeEntry } from './model.js';

/** Begins the line that stands for a blob whose content is not in the diff (ART-135). */
export const NOT_SHOWN = 'content not shown: ';

/** The whole text of a tree entry, or the line that stands for it. */
export interface BlobContent {
  readonly isShown: boolean;
  readonly text: string;
}

/**
 * What a diff says of the content of an entry: the text, or id, mode and size where it is binary or long (ART-135). A link
 * is its target, a submodule the line that git writes for it.
 * @throws ActionError `action_invalid` when the blob is missing
 */
export function blobContent({ mode, id }: TreeEntry, blobs: Blobs): BlobContent {
  if (mode === '160000') return { isShown: true, text: `Subproject commit ${id}\n` };
  const blob = blobs.get(id);
  if (blob === undefined) throw new ActionError('action_invalid', 'A blob of the change is missing');
  const text = shownText(blob);
  return text === null ? { isShown: false, text: `${NOT_SHOWN}${id} ${mode} ${blob.size}\n` } : { isShown: true, text };
}

/** Null for a long blob, and for a binary one: with a NUL byte, or not in UTF-8. */
function shownText({ size, bytes }: Blob): string | null {
  if (size > LIMITS.gitBlobShownBytes) return null;
  check(bytes?.length === size, 'A blob must have the size it is said to have');
  if (bytes === null || bytes.includes(0)) return null;
  try {
    return utf8Decode(bytes);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}
