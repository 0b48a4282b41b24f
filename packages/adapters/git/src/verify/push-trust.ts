import type { Repository } from '../repository/repository.js';
import type { ServerRules } from './server-rules.js';
import { approversMissing, approversOf, type Trust } from './trust.js';

/**
 * Whose approvals count for an update of a reference: keys of the configuration, or those in `.airlock/approvers` of the
 * default branch and, where it has one, of the reference itself, both before the push. A branch that still lists a key which
 * the default branch has removed is no way around.
 * @throws GitError `approvers_missing`, `approvers_invalid`
 */
export async function pushTrust(repository: Repository, rules: ServerRules, ref: string): Promise<Trust> {
  const { defaultBranch, defaultApprovers: main, keys, repositories } = rules;
  const isOther = ref !== defaultBranch && ref.startsWith('refs/heads/');
  const target = (isOther ? await approversOf(repository, ref, { isNeeded: keys === null }) : null) ?? main;
  if (keys !== null) return { keys, repositories, approvers: target };
  if (main === null || target === null)
    throw approversMissing(`on ${defaultBranch ?? 'a default branch'} of the server`);
  return { keys: new Set([...main.keys].filter((key) => target.keys.has(key))), repositories, approvers: target };
}
