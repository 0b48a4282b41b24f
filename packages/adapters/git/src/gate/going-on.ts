import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Repository } from '../repository/repository.js';

/** What git leaves behind while a command of several steps is under way, and how such a command goes on. */
const UNDER_WAY: readonly (readonly [file: string, advice: string])[] = [
  [
    'rebase-merge',
    'the rebase and its commits are kept: git rebase --continue asks again, git rebase --abort gives it up',
  ],
  ['rebase-apply/applying', 'git am --abort gives the patches up; git am asks again'],
  [
    'rebase-apply',
    'the rebase and its commits are kept: git rebase --continue asks again, git rebase --abort gives it up',
  ],
  ['MERGE_HEAD', 'the merge is kept: git commit asks again, git merge --abort gives it up'],
  ['CHERRY_PICK_HEAD', 'git cherry-pick --continue asks again, git cherry-pick --abort gives it up'],
  ['REVERT_HEAD', 'git revert --continue asks again, git revert --abort gives it up'],
  // A single revert that could not be committed.
  ['MERGE_MSG', 'the change is staged: git commit asks again, git reset --merge gives it up'],
];

/** How to go on after git was stopped: nothing that was staged is lost. */
export async function goingOn(repository: Repository): Promise<string> {
  const names = UNDER_WAY.flatMap(([file]) => ['--git-path', file]);
  const { stdout } = await repository.run(['rev-parse', ...names]);
  const places = stdout.toString('utf8').split('\n');
  const found = UNDER_WAY.find((_, index) => existsSync(resolve(repository.folder, places[index] ?? '')));
  return found?.[1] ?? 'no branch was changed, and what is staged is still staged: the same command asks again';
}
