import type { RawCommit, TreeChange } from '@airlock/actions';
import { GitError } from '../errors.js';
import type { Repository } from '../repository/repository.js';
import { approversAt, approversEntry, APPROVERS_FILE } from './approvers-file.js';
import type { Trust } from './trust.js';

const FILE_BYTES = Buffer.from(APPROVERS_FILE);

/** Whether changes are about `.airlock/approvers`. */
export function changeApprovers(changes: readonly TreeChange[]): boolean {
  return changes.some(({ path }) => FILE_BYTES.equals(path));
}

/**
 * Watches over `.airlock/approvers` along a range, parents before children: only a key that was in the file before may
 * change it, no commit may leave it unreadable, and no merge may bring an older one back without showing it.
 */
export class ApproversGuard {
  readonly #trust: Trust;
  readonly #repository: Repository;
  /** Versions of the file that the range itself brought, each with its change shown; null: without the file. */
  readonly #brought = new Set<string | null>();

  constructor(trust: Trust, repository: Repository) {
    this.#trust = trust;
    this.#repository = repository;
  }

  /**
   * Why an approved commit that changes the file is not approved enough; null when it is.
   * @param keys of its approvals, `b64u`
   */
  async changeProblem({ id }: RawCommit, keys: readonly string[]): Promise<string | null> {
    const { approvers = null } = this.#trust;
    if (approvers !== null && !keys.some((key) => approvers.keys.has(key)))
      return `it changes ${APPROVERS_FILE} and needs the approval of a key that was in it before`;
    try {
      this.#brought.add((await approversAt(this.#repository, id))?.blob ?? null);
      return null;
    } catch (error) {
      if (error instanceof GitError && error.code === 'approvers_invalid') return error.message;
      throw error;
    }
  }

  /**
   * Why an approved merge that does not change the file against its first parent, which is what was shown, is not approved
   * enough; null when it is.
   */
  async mergeProblem({ id, parents }: RawCommit): Promise<string | null> {
    const target = this.#trust.approvers?.blob;
    if (target === undefined || parents.length < 2) return null;
    const entries = await Promise.all([id, ...parents].map((each) => approversEntry(this.#repository, each)));
    const [own = null, ...before] = entries.map((entry) => entry?.id ?? null);
    if (own === target || !before.includes(target) || this.#brought.has(own)) return null;
    return `it leaves ${APPROVERS_FILE} of the target branch out for an older one, which nobody was shown`;
  }
}
