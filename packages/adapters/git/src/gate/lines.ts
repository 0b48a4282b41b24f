import { GitError } from '../errors.js';
import type { RefLine } from '../repository/repository.js';

/** Names that git allows, as far as they can be told apart; U+FFFD stands for what is not UTF-8. */
const NAME = String.raw`[^\0-\x20\x7f~^:?*[\\\uFFFD]+`;
const ID = '(?:[0-9a-f]{40}|[0-9a-f]{64})';
const TRANSACTION = new RegExp(`^(${ID}|ref:\\S*) (${ID}|ref:\\S*) (.+)$`);
/** Other names of branches: of the main work tree, and on disks that do not tell `HEADS` from `heads`. */
const ALIAS = /^(?:main-worktree\/)?refs\/heads\//i;
const BRANCH = new RegExp(`^refs/heads/${NAME}$`);
const PUSH = new RegExp(`^(.+) (${ID}) (${NAME}) (${ID})$`);

/** One line of `pre-push`. */
export interface PushLine {
  /** Name on the remote. */
  readonly ref: string;
  /** Object id that it gets; all zeroes to delete it. */
  readonly after: string;
  /** Object id that it has on the remote; all zeroes where there is none. */
  readonly before: string;
}

function unreadable(what: string): GitError {
  return new GitError('git_failed', `git gave a hook a line that cannot be read: ${what}`);
}

function linesOf(input: string): readonly string[] {
  return input.split('\n').filter((line) => line !== '');
}

/**
 * The branches in the input of `reference-transaction`. Everything else is left out.
 * @throws GitError `git_failed` for input that git does not write, and for a branch under another name
 */
export function branchLines(input: string): readonly RefLine[] {
  return linesOf(input).flatMap((line) => {
    const [, before = '', after = '', ref = ''] = TRANSACTION.exec(line) ?? [];
    if (ref === '') throw unreadable(line);
    if (!ref.startsWith('refs/heads/')) {
      if (ALIAS.test(ref)) throw unreadable(line);
      return [];
    }
    // A branch that points to a branch has commits that were judged there.
    if (after.startsWith('ref:refs/heads/')) return [];
    if (!BRANCH.test(ref) || after.startsWith('ref:')) throw unreadable(line);
    return [{ before, after, ref }];
  });
}

/**
 * The input of `pre-push`. The local name in front is what the user typed and may contain anything.
 * @throws GitError `git_failed` for input that git does not write
 */
export function pushLines(input: string): readonly PushLine[] {
  return linesOf(input).map((line) => {
    const [, , after = '', ref = '', before = ''] = PUSH.exec(line) ?? [];
    if (ref === '') throw unreadable(line);
    return { ref, after, before };
  });
}
