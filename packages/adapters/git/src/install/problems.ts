import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { gitLines } from './git.js';
import { lookAt } from './hook-file.js';
import type { HookManager, HookState, Problem } from './model.js';
import { isOwnHooksDirectory, type Place } from './place.js';
import type { Settings } from './settings.js';

const AGAIN = 'airlock git install';

/** What is wrong with one hook. */
export function hookProblems({ hook, state, path }: HookState, managers: readonly HookManager[]): readonly Problem[] {
  const by = managers.length === 0 ? '' : ` (${managers.join(', ')})`;
  switch (state) {
    case 'installed':
      return [];
    case 'missing':
      return [{ code: 'hook_missing', message: `${path} is not there: nothing asks at ${hook}`, fix: AGAIN }];
    case 'replaced':
      return [{ code: 'hook_replaced', message: `${path} is another hook${by}: nothing asks at ${hook}`, fix: AGAIN }];
    case 'changed': {
      const fix = `look at ${path}, move it away, then: ${AGAIN}`;
      return [{ code: 'hook_changed', message: `${path} is ours, but somebody edited it`, fix }];
    }
  }
}

/** What goes around the gate in a repository, apart from its hooks. */
export async function placeProblems(
  place: Place,
  settings: Settings,
  managers: readonly HookManager[],
): Promise<readonly Problem[]> {
  const none: readonly Problem[] = [];
  const unnamed = settings.identity === null ? [noIdentity(place)] : none;
  if (place.side === 'server') return unnamed;
  return [
    ...elsewhere(place),
    ...unnamed,
    ...settings.withoutReceipts.map(withoutReceipts),
    ...(managers.includes('simple-git-hooks') ? [DELETES] : none),
    ...(await otherWorkTrees(place)),
    ...(await submodules(place)),
  ];
}

function noIdentity({ side }: Place): Problem {
  const message =
    side === 'server'
      ? 'nobody said what clones call this repository: every push is refused'
      : 'there is no remote origin with a name that others know it by: nothing can be asked about';
  return { code: 'repository_unknown', message, fix: `${AGAIN} --repository NAME` };
}

const DELETES: Problem = {
  code: 'manager_deletes_hooks',
  message: 'simple-git-hooks deletes hooks that are not in its configuration whenever it is run',
  fix: 'give it "preserveUnused": ["commit-msg", "pre-push", "reference-transaction"]',
};

function withoutReceipts(remote: string): Problem {
  return { code: 'receipts_not_fetched', message: `receipts are not fetched from ${remote}`, fix: AGAIN };
}

function elsewhere(place: Place): readonly Problem[] {
  if (isOwnHooksDirectory(place)) return [];
  const message = `core.hooksPath names ${place.hooksDirectory}, which other repositories share: nothing is installed there`;
  return [
    { code: 'hooks_elsewhere', message, fix: `git config --local core.hooksPath ${place.commonDirectory}/hooks` },
  ];
}

/** A relative hooks path is another folder in every work tree. */
async function otherWorkTrees(place: Place): Promise<readonly Problem[]> {
  const { hooksPath } = place;
  if (hooksPath === null || /^(?:\/|~|[A-Za-z]:)/.test(hooksPath)) return [];
  const lines = await gitLines(place, ['worktree', 'list', '--porcelain']);
  const folders = lines.filter((line) => line.startsWith('worktree ')).map((line) => line.slice('worktree '.length));
  return folders
    .filter((folder) => folder !== place.folder && lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    .filter((folder) => lookAt(resolve(folder, hooksPath, 'reference-transaction')) !== 'intact')
    .map((folder) => ({
      code: 'worktree_not_covered',
      message: `the work tree ${folder} has hooks of its own (core.hooksPath ${hooksPath}), and ours is not there`,
      fix: `in that folder: ${AGAIN}`,
    }));
}

/** A submodule is a repository with hooks of its own. */
async function submodules(place: Place): Promise<readonly Problem[]> {
  if (lstatSync(resolve(place.folder, '.gitmodules'), { throwIfNoEntry: false }) === undefined) return [];
  const asked = ['config', '--file', '.gitmodules', '--get-regexp', String.raw`^submodule\..*\.path$`];
  const paths = (await gitLines(place, asked, [1])).map((line) => line.slice(line.indexOf(' ') + 1));
  const found: Problem[] = [];
  for (const path of paths) {
    const folder = resolve(place.folder, path);
    if (lstatSync(resolve(folder, '.git'), { throwIfNoEntry: false }) === undefined) continue;
    const at = { folder, environment: place.environment };
    const [hooks = ''] = await gitLines(at, ['rev-parse', '--git-path', 'hooks']);
    if (lookAt(resolve(folder, hooks, 'reference-transaction')) === 'intact') continue;
    const message = `the submodule ${path} is a repository of its own, and our hooks are not there`;
    found.push({ code: 'submodule_not_covered', message, fix: `in that folder: ${AGAIN}` });
  }
  return found;
}
