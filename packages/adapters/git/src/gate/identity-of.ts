import { GitError } from '../errors.js';
import { IDENTITY_VARIABLE, repositoryIdentity } from '../repository/identity.js';
import type { Repository } from '../repository/repository.js';

/** The identity of a repository. @throws GitError `repository_unknown` */
export async function identityOf(repository: Repository): Promise<string> {
  const identity = await repositoryIdentity(repository);
  if (identity !== null) return identity;
  throw new GitError('repository_unknown', 'this repository has no name that other clones know', {
    fix: `git config ${IDENTITY_VARIABLE} HOST/NAME`,
  });
}
