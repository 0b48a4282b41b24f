import { lstatSync } from 'node:fs';
import { GitError } from '../errors.js';
import { checkPut, checkTake, putScript, takeScript } from './hook-file.js';
import { putBlock, takeBlock } from './husky-block.js';
import type { AnyHook, GitStatus, InstallOptions, LookOptions } from './model.js';
import { findPlace, formerHooks, isOwnHooksDirectory, type Place } from './place.js';
import { readRecord, removeRecord, writeRecord } from './record.js';
import { takeSettings, writeSettings } from './settings.js';
import { gitStatus } from './status.js';

export {
  type GitStatus,
  HOOKS,
  type HookName,
  type HookProgram,
  type HookState,
  type InstallOptions,
} from './model.js';
export { gitStatus } from './status.js';

/** Puts the hooks in, calling what was there; doing it again changes nothing. @throws GitError */
export async function installGit(options: InstallOptions): Promise<GitStatus> {
  const place = await findPlace(options);
  checkHooksDirectory(place);
  for (const hook of place.hooks) checkPut(hook);
  const record = await writeSettings(place, options, readRecord(place.commonDirectory));
  const created: string[] = [];
  for (const hook of place.hooks) {
    putScript(hook, options.program);
    if (hook.caller !== null && putBlock(hook.hook, hook.caller)) created.push(hook.caller);
  }
  writeRecord(place.commonDirectory, { ...record, created: [...record.created, ...created] });
  return await gitStatus(options);
}

/** What {@link uninstallGit} did. */
export interface Uninstalled {
  readonly repository: string;
  /** Hooks that were ours. */
  readonly removed: readonly AnyHook[];
  /** Hooks that were there before. */
  readonly restored: readonly AnyHook[];
}

/** Takes the hooks out and puts back what was there. @throws GitError `foreign_hook_changed` rather than lose a hook of others */
export async function uninstallGit(options: LookOptions): Promise<Uninstalled> {
  const place = await findPlace(options);
  const { folder: repository, commonDirectory } = place;
  const places = [...(isOwnHooksDirectory(place) ? place.hooks : []), ...formerHooks(place)];
  for (const each of places) checkTake(each);
  const record = readRecord(commonDirectory);
  const removed = new Set<AnyHook>();
  const restored = new Set<AnyHook>();
  for (const each of places) {
    const { hook, caller } = each;
    if (caller !== null) takeBlock(caller, record.created.includes(caller));
    const done = takeScript(each);
    if (done.removed) removed.add(hook);
    if (done.restored) restored.add(hook);
  }
  await takeSettings(place, record);
  removeRecord(commonDirectory);
  return { repository, removed: [...removed], restored: [...restored] };
}

/** Hooks of ours serve one repository: a folder that several share is not ours to change, nor is `core.hooksPath`. */
function checkHooksDirectory(place: Place): void {
  const { hooksDirectory, hooksPath } = place;
  if (!isOwnHooksDirectory(place)) {
    throw new GitError(
      'hooks_elsewhere',
      `core.hooksPath names ${hooksDirectory}, which is outside of this repository`,
      {
        fix: `git config --local core.hooksPath ${place.commonDirectory}/hooks, which leaves out the hooks there`,
      },
    );
  }
  if (hooksPath === null || lstatSync(hooksDirectory, { throwIfNoEntry: false }) !== undefined) return;
  const fix = /(?:^|\/)\.husky\/_\/?$/.test(hooksPath) ? 'npx husky' : `mkdir -p ${hooksDirectory}`;
  throw new GitError('hooks_elsewhere', `core.hooksPath names ${hooksDirectory}, which does not exist`, { fix });
}
