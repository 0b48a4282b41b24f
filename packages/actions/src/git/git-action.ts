import type { AirlockAction } from '@airlock/protocol';
import type { GitCommitContent, GitPushContent } from '../content.js';
import type { ApprovedCommit, GitCommitFacts, GitPushFacts } from './model.js';

/** Extension member with the object ids of `commits`, in their order. */
export const COMMIT_IDS_EXTENSION = 'airlock.commits';

/** Extension member with name and URL of the remote of a push. */
export const REMOTE_EXTENSION = 'airlock.remote';

/** In a push: the whole `diff` of a commit that a receipt of the paired key covers already. */
export const APPROVED_BEFORE = 'approved before: ';

/** @throws ActionError `action_invalid` for facts that cannot be true */
export function gitCommitAction(_facts: GitCommitFacts): GitCommitContent {
  throw new Error('not built yet');
}

/** @throws ActionError `action_invalid` for facts that cannot be true */
export function gitPushAction(_facts: GitPushFacts): GitPushContent {
  throw new Error('not built yet');
}

/**
 * The commits whose whole change was put before the human; empty for every other action. Those of a push that were
 * `approved before` are not among them.
 */
export function approvedCommits(_action: AirlockAction): readonly ApprovedCommit[] {
  throw new Error('not built yet');
}
