import { GitError } from '../errors.js';
import { IDENTITY_VARIABLE, repositoryIdentity } from '../repository/identity.js';
import type { Repository } from '../repository/repository.js';
import { type Approvers, approverLine, approversAt, APPROVERS_FILE, isKey } from './approvers-file.js';

/** Configuration variable with a trusted key, `b64u`; may be given more than once. */
export const APPROVER_VARIABLE = 'airlock.approver';

/** Whose approvals count, and for which repository. */
export interface Trust {
  /** Raw Ed25519 keys, `b64u`. */
  readonly keys: ReadonlySet<string>;
  /** Identities under which this repository may have been approved. */
  readonly repositories: ReadonlySet<string>;
  /** `.airlock/approvers` before the change: a commit that changes the file needs a key that is in it. */
  readonly approvers?: Approvers | null;
}

/** Keys and identities that a caller gives; they win over configuration. */
export interface GivenTrust {
  readonly keys: readonly string[];
  readonly repositories: readonly string[];
}

/**
 * Trust from configuration (`airlock.approver`, `airlock.repository`, or what the caller gives) or else from
 * `.airlock/approvers` as it stands at `base`, before the change.
 * @throws GitError `approvers_missing`, `approvers_invalid`, `repository_unknown`
 */
export async function trustAt(base: string | null, given: GivenTrust, repository: Repository): Promise<Trust> {
  const commit = base === null ? null : await repository.resolve(`${base}^{commit}`);
  if (base !== null && commit === null) {
    throw new GitError('approvers_missing', `there is no commit ${base} to read ${APPROVERS_FILE} from`, {
      fix: 'fetch it, or name another one with --base',
    });
  }
  const configured = await configuredKeys(given.keys, repository);
  const repositories = await identitiesOf(given.repositories, repository);
  const approvers = await approversOf(repository, commit, { isNeeded: configured === null });
  const keys = configured ?? approvers?.keys;
  if (keys === undefined) throw approversMissing(commit === null ? 'there is nothing before the change' : `at ${base}`);
  return { keys, repositories, approvers };
}

/** @throws GitError `approvers_missing` */
export function approversMissing(where: string): GitError {
  return new GitError('approvers_missing', `nobody is trusted: no ${APPROVERS_FILE} (${where})`, {
    fix: `git config --add ${APPROVER_VARIABLE} KEY, or put "${approverLine('KEY')}" into ${APPROVERS_FILE} with an approved commit; airlock status shows the key, where the approver is paired`,
  });
}

/** Null where no key is given or configured. */
export async function configuredKeys(
  given: readonly string[],
  repository: Repository,
): Promise<ReadonlySet<string> | null> {
  const keys = given.length > 0 ? given : await repository.configAll(APPROVER_VARIABLE);
  const wrong = keys.find((key) => !isKey(key));
  if (wrong !== undefined) {
    throw new GitError('approvers_invalid', `"${wrong}" is no raw Ed25519 key in base64url`, {
      fix: 'airlock status, where the approver is paired: it shows the key',
    });
  }
  return keys.length === 0 ? null : new Set(keys);
}

/** @throws GitError `repository_unknown` */
export async function identitiesOf(given: readonly string[], repository: Repository): Promise<ReadonlySet<string>> {
  if (given.length > 0) return new Set(given);
  const configured = (await repository.configAll(IDENTITY_VARIABLE)).filter((name) => name !== '');
  if (configured.length > 0) return new Set(configured);
  const derived = await repositoryIdentity(repository);
  if (derived !== null) return new Set([derived]);
  throw new GitError('repository_unknown', 'this repository has no identity, and approvals are for one repository', {
    fix: `git config ${IDENTITY_VARIABLE} host/path, as airlock git status shows it in a clone`,
  });
}

/**
 * The file at a revision; null where there is no such commit or no such file.
 * @param isNeeded false where keys are configured: then a file that cannot be read is as good as none, which is how one gets
 * out of that
 */
export async function approversOf(
  repository: Repository,
  revision: string | null,
  { isNeeded }: { readonly isNeeded: boolean },
): Promise<Approvers | null> {
  const commit = revision === null ? null : await repository.resolve(`${revision}^{commit}`);
  if (commit === null) return null;
  try {
    return await approversAt(repository, commit);
  } catch (error) {
    if (!isNeeded && error instanceof GitError && error.code === 'approvers_invalid') return null;
    throw error;
  }
}
