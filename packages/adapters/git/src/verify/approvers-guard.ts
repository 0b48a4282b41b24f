import type { RawCommit, TreeChange } from '@airlock/actions';
import { GitError } from '../errors.js';
import type { Repository } from '../repository/repository.js';
import { approversAt, approversVersion, APPROVERS_FILE } from './approvers-file.js';
import type { Trust } from './trust.js';

const FILE_BYTES = Buffer.from(APPROVERS_FILE);

/** Whether changes are about `.airlock/approvers`. */
export function changeApprovers(changes: readonly TreeChange[]): boolean {
  return changes.some(({ path }) => FILE_BYTES.equals(path));
}

/**
 * Watches over `.airlock/approvers` along a range, parents before children: only a key that was in the file before may
 * change it, no commit may leave it unreadable, and no merge may leave out unseen what the target branch or the range has.
 */
export class ApproversGuard {
  readonly #trust: Trust;
  readonly #repository: Repository;
  /** Versions of the file that no merge leaves out: of the target branch, and those that the range brought. */
  readonly #kept = new Set<string | null>();
  /** Versions that one which the range brought came after, its change shown. */
  readonly #older = new Map<string | null, Set<string | null>>();

  constructor(trust: Trust, repository: Repository) {
    this.#trust = trust;
    this.#repository = repository;
    const target = trust.approvers?.blob;
    if (target !== undefined) this.#kept.add(target);
  }

  /**
   * Why an approved commit that changes the file is not approved enough; null when it is.
   * @param keys of its approvals, `b64u`
   */
  async changeProblem({ id, parents }: RawCommit, keys: readonly string[]): Promise<string | null> {
    const { approvers = null } = this.#trust;
    if (approvers !== null && !keys.some((key) => approvers.keys.has(key)))
      return `it changes ${APPROVERS_FILE} and needs the approval of a key that was in it before`;
    try {
      const brought = (await approversAt(this.#repository, id))?.blob ?? null;
      const before = await this.#versions(parents);
      const older = before.flatMap((version) => [version, ...(this.#older.get(version) ?? [])]);
      this.#older.set(brought, new Set([...(this.#older.get(brought) ?? []), ...older]));
      this.#kept.add(brought);
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
  async mergeProblem({ parents }: RawCommit): Promise<string | null> {
    if (parents.length < 2 || this.#kept.size === 0) return null;
    const [own = null, ...others] = await this.#versions(parents);
    const older = this.#older.get(own);
    const isLeftOut = (version: string | null) => version !== own && this.#kept.has(version) && !older?.has(version);
    if (!others.some(isLeftOut)) return null;
    return `it leaves ${APPROVERS_FILE} of another parent out for an older one, which nobody was shown`;
  }

  #versions(commits: readonly string[]): Promise<(string | null)[]> {
    return Promise.all(commits.map((commit) => approversVersion(this.#repository, commit)));
  }
}
