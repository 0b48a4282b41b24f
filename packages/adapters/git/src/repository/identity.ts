import type { Repository } from './repository.js';

/** Configuration variable with the identity of the repository; may be given more than once, the first one is asked with. */
export const IDENTITY_VARIABLE = 'airlock.repository';

/**
 * What a repository is called in approvals and receipts, the same in every clone: `airlock.repository`, else the URL of
 * `origin` as `host/path` without scheme, user, password, port and `.git`; null where there is neither.
 */
export async function repositoryIdentity(_repository: Repository): Promise<string | null> {
  throw new Error('not built yet');
}
