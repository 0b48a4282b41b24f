import { ActionError, type GitCommit, gitDiff, type RawCommit } from '@airlock/actions';
import { LIMITS } from '@airlock/protocol';
import { GitError } from '../errors.js';
import type { Repository } from '../repository/repository.js';

/** Commits of one request: what a human can still look through. */
export const MOST_COMMITS = 64;

/** Left of `LIMITS.artifactCiphertextBytes` for everything but the commits. */
const ROOM_AROUND = 64 * 1024;

const SPLIT = 'make several smaller commits; what is over 256 KiB or binary counts only by its name';

/** Refuses more commits than one request may have. */
export function refuseTooMany(ids: readonly string[], fix: string): void {
  if (ids.length <= MOST_COMMITS) return;
  throw new GitError('too_many_commits', `${ids.length} commits are more than the ${MOST_COMMITS} of one request`, {
    fix,
  });
}

/**
 * Commits with their whole change.
 * @throws GitError `change_too_large` where they do not fit one request, and whatever `Repository` refuses
 */
export async function describeCommits(ids: readonly string[], repository: Repository): Promise<readonly GitCommit[]> {
  const raw = await repository.commits(ids);
  const commits: GitCommit[] = [];
  let size = 0;
  for (const commit of raw.values()) {
    const described = { ...commit, diff: await diffOf(commit, repository) };
    size += Buffer.byteLength(JSON.stringify(described));
    if (size > LIMITS.artifactCiphertextBytes - ROOM_AROUND) throw tooLarge(commit.id, ids.length);
    commits.push(described);
  }
  return commits;
}

async function diffOf(commit: RawCommit, repository: Repository): Promise<string> {
  const { changes, blobs } = await repository.changesOf(commit);
  try {
    return gitDiff(changes, blobs);
  } catch (cause) {
    if (!(cause instanceof ActionError)) throw cause;
    if (cause.code === 'action_too_large') throw tooLarge(commit.id, 1);
    throw new GitError('object_damaged', `commit ${commit.id}: ${cause.message}`, { cause });
  }
}

function tooLarge(id: string, count: number): GitError {
  const most = `${LIMITS.artifactCiphertextBytes / 1024 / 1024} MiB`;
  const what = count === 1 ? `commit ${id} changes` : `these ${count} commits, up to ${id}, change`;
  const fix = count === 1 ? SPLIT : `take fewer commits at once, or ${SPLIT}`;
  return new GitError('change_too_large', `${what} more text than the ${most} that one request can show`, { fix });
}
