import type { ActionOf, AirlockAction, Commit } from '@airlock/protocol';
import { check } from '../checks.js';
import type { GitCommitContent, GitPushContent } from '../content.js';
import type { ApprovedCommit, GitCommit, GitCommitFacts, GitPushFacts } from './model.js';
import { isObjectId } from './object-id.js';
import { refLine } from './ref-line.js';

/** Extension member with the object ids of `commits`, in their order. */
export const COMMIT_IDS_EXTENSION = 'airlock.commits';

/** Extension member with name and URL of the remote of a push. */
export const REMOTE_EXTENSION = 'airlock.remote';

/** In a push: the whole `diff` of a commit that a receipt of the paired key covers already. */
export const APPROVED_BEFORE = 'approved before: ';

const PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:[^/?#]*@/i;

/** @throws ActionError `action_invalid` for facts that cannot be true */
export function gitCommitAction(facts: GitCommitFacts): GitCommitContent {
  check(facts.commits.length > 0, 'A commit action needs a commit');
  check(!facts.commits.some(isApprovedBefore), 'A commit must be shown with its change');
  return {
    kind: 'git-commit',
    actionType: 'git_commit',
    commandText: `git commit ${namesOf(facts)}`,
    description: 'Take new commits into branches',
    ...commonMembers(facts, {}),
  };
}

/** @throws ActionError `action_invalid` for facts that cannot be true */
export function gitPushAction(facts: GitPushFacts): GitPushContent {
  const { remote, refs } = facts;
  check(remote.name !== '' && remote.url !== '', 'A push needs a remote');
  check(!PASSWORD.test(remote.url), 'The URL of a remote must not hold a password');
  const options = [
    ...(refs.some(({ isForced }) => isForced) ? ['--force '] : []),
    ...(refs.some(({ after }) => after === null) ? ['--delete '] : []),
  ].join('');
  return {
    kind: 'git-push',
    actionType: 'git_push',
    commandText: `git push ${options}${remote.name} ${namesOf(facts)}`,
    description: 'Push to a remote repository',
    ...commonMembers(facts, { [REMOTE_EXTENSION]: { name: remote.name, url: remote.url } }),
  };
}

/** `commandText` reads like the command, so that a denial of its words covers what it does. */
function namesOf({ refs }: GitCommitFacts): string {
  return refs.map(({ ref }) => ref).join(' ');
}

function commonMembers(facts: GitCommitFacts, extensions: Readonly<Record<string, unknown>>) {
  const { repository, commits, refs } = facts;
  check(repository !== '', 'A git action needs the identity of its repository');
  check(refs.length > 0, 'A git action needs a reference');
  check(new Set(refs.map(({ ref }) => ref)).size === refs.length, 'A reference can change only once');
  checkCommits(commits);
  return {
    repository,
    commits: commits.map(({ tree, parents, author, committer, message, diff }) => ({
      tree,
      parents: [...parents],
      author,
      committer,
      message,
      diff,
    })),
    refs: refs.map(refLine),
    extensions: { ...extensions, [COMMIT_IDS_EXTENSION]: commits.map(({ id }) => id) },
  };
}

function checkCommits(commits: readonly GitCommit[]): void {
  const length = commits[0]?.id.length;
  const later = new Set(commits.map(({ id }) => id));
  check(later.size === commits.length, 'A commit can stand in an action only once');
  for (const { id, tree, parents, author, committer } of commits) {
    const isKind = (each: string) => isObjectId(each) && each.length === length;
    check([id, tree, ...parents].every(isKind), 'Object ids of a commit must be complete and of one kind');
    check(!/[\n\0]/.test(author + committer), 'Author and committer are one line each');
    check(!parents.some((parent) => later.has(parent)), 'Parents must stand before their children');
    later.delete(id);
  }
}

/**
 * The commits whose whole change was put before the human; empty for every other action. Those of a push that were
 * `approved before` are not among them.
 */
export function approvedCommits(action: AirlockAction): readonly ApprovedCommit[] {
  if (action.kind !== 'git-commit' && action.kind !== 'git-push') return [];
  const ids = commitIds(action) ?? [];
  return action.commits.flatMap((commit, index) => {
    const id = ids[index];
    return id === undefined || isApprovedBefore(commit) ? [] : [{ ...commit, id, repository: action.repository }];
  });
}

/** The ids of the commits of a git action; null unless there is exactly one for each. */
export function commitIds(action: ActionOf<'git-commit' | 'git-push'>): readonly string[] | null {
  const value = action.extensions?.[COMMIT_IDS_EXTENSION];
  if (!Array.isArray(value) || value.length !== action.commits.length) return null;
  const ids = value.filter((id) => typeof id === 'string').filter(isObjectId);
  return ids.length === value.length && new Set(ids).size === ids.length ? ids : null;
}

/** Whether a commit stands in a push without its change. */
export function isApprovedBefore({ diff }: Pick<Commit, 'diff'>): boolean {
  return diff.startsWith(APPROVED_BEFORE);
}
