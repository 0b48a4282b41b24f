import type { RawCommit } from './model.js';

/**
 * Reads a commit object.
 * @throws ActionError `content_not_text` for a name or message that is not UTF-8, `action_invalid` for bytes that are no commit
 */
export function readCommit(_id: string, _bytes: Uint8Array): RawCommit {
  throw new Error('not built yet');
}
