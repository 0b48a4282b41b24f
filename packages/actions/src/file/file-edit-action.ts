import { sha256Hex } from '@airlock/crypto';
import { EncodingError, type FileChange, LIMITS, utf8Decode, utf8Encode } from '@airlock/protocol';
import { check, checkToolCall, cwdMember, isAbsolute } from '../checks.js';
import type { FileEditContent, FileEditFacts } from '../content.js';
import { ActionError } from '../errors.js';
import { applyDifference } from './apply-difference.js';
import { difference } from './difference.js';

/** Bytes of a diff above which the complete new content is shown instead, where that is shorter. */
const MAX_DIFF_BYTES = 512 * 1024;
/** Bytes of a file above which no diff is made. */
const MAX_COMPARED_BYTES = 16 * 1024 * 1024;

/**
 * Makes the content of a `file-edit` action: hashes before and after, and the complete change (ART-130). A text file
 * that is changed shows as the hunks of a unified diff; a new one, one that was no text before, or one whose diff would
 * be long shows as its complete new content.
 * @throws ActionError `content_not_text` when the new content is not UTF-8 and so cannot be shown: describe the call by
 * {@link toolAction}; `action_invalid` for facts that cannot be true; `action_too_large` above the artifact limit
 */
export function fileEditAction(facts: FileEditFacts): FileEditContent {
  checkToolCall(facts);
  check(isAbsolute(facts.path), 'The path of a file must be absolute');
  return {
    kind: 'file-edit',
    actionType: 'file_edit',
    commandText: facts.path,
    description: facts.note ?? (facts.before === null ? 'Create a file' : 'Edit a file'),
    files: [fileChange(facts)],
    tool: facts.tool,
    inputJson: facts.inputJson,
    ...cwdMember(facts.cwd),
  };
}

function fileChange({ path, before, after }: FileEditFacts): FileChange {
  return {
    path,
    ...(before === null ? {} : { preimageSha256: sha256Hex(before) }),
    sha256: sha256Hex(after),
    ...shownChange(before, after),
  };
}

function shownChange(before: Uint8Array | null, after: Uint8Array): Pick<FileChange, 'diff' | 'text'> {
  const text = textOf(after);
  if (text === null) {
    throw new ActionError('content_not_text', 'The new content of the file is not UTF-8 text, so it cannot be shown');
  }
  const diff = before === null ? null : shownDifference(before, { text, bytes: after.length });
  const shown = diff === null ? { text } : { diff };
  if ((diff === null ? after.length : utf8Encode(diff).length) > LIMITS.artifactCiphertextBytes) {
    throw new ActionError('action_too_large', 'The change of the file is too large to be put before a human uncut');
  }
  return shown;
}

function shownDifference(before: Uint8Array, after: { readonly text: string; readonly bytes: number }): string | null {
  const old = Math.max(before.length, after.bytes) > MAX_COMPARED_BYTES ? null : textOf(before);
  if (old === null) return null;
  const diff = difference(old, after.text);
  const bytes = utf8Encode(diff).length;
  const isLong = bytes > MAX_DIFF_BYTES && bytes > after.bytes;
  return isLong || applyDifference(old, diff) !== after.text ? null : diff;
}

/** Null for what is not UTF-8. A byte order mark stays and is shown. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8Decode(bytes);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}
