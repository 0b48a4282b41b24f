import { check } from '../checks.js';
import type { RefUpdate } from './model.js';
import { isObjectId } from './object-id.js';

/** What git allows in a name, so that a line reads in one way only. */
const NAME = /^[^\0-\x20\x7f~^:?*[\\]+$/;

/**
 * One line of `refs`: `create REF at NEW`, `update REF from OLD to NEW`, `force REF from OLD to NEW` or `delete REF at OLD`.
 * @throws ActionError `action_invalid` for an update that cannot be
 */
export function refLine({ ref, before, after, isForced }: RefUpdate): string {
  check(NAME.test(ref), 'A reference must have a name that git allows');
  const ids = [before, after].filter((id) => id !== null);
  check(ids.length > 0 && ids.every(isObjectId), 'A reference must have complete object ids');
  if (before === null) return `create ${ref} at ${after}`;
  if (after === null) return `delete ${ref} at ${before}`;
  check(before !== after, 'A reference must change');
  return `${isForced ? 'force' : 'update'} ${ref} from ${before} to ${after}`;
}
