import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { GitError } from '../errors.js';
import { git } from './git.js';
import { type AnyHook, HOOKS, type LookOptions, SERVER_HOOKS } from './model.js';

/** Where one hook goes. */
export interface HookPlace {
  readonly hook: AnyHook;
  /** The script of ours. */
  readonly script: string;
  /** The file of husky that calls it; null where git does. */
  readonly caller: string | null;
}

/** A repository as far as hooks are concerned; every path is absolute. */
export interface Place {
  readonly side: 'client' | 'server';
  /** The work tree, or the repository itself on a server. */
  readonly folder: string;
  readonly commonDirectory: string;
  readonly hooksDirectory: string;
  /** `core.hooksPath`; null where it is not set. */
  readonly hooksPath: string | null;
  /** Folder of husky's hooks, whose `_` is the hooks directory; null without husky. */
  readonly husky: string | null;
  readonly hooks: readonly HookPlace[];
  readonly environment: LookOptions['environment'];
}

/**
 * Finds where git looks for the hooks of the repository around a folder.
 * @throws GitError `no_repository`, `git_not_found`
 */
export async function findPlace(at: LookOptions): Promise<Place> {
  const lines = await inRepository(at);
  const [isBare, isInside, common = ''] = lines;
  if (isBare !== 'true' && isInside !== 'true') {
    throw new GitError('no_repository', `${at.folder} is inside a repository, but not in its work tree`, {
      fix: 'go to the work tree',
    });
  }
  const side = isBare === 'true' ? 'server' : 'client';
  const commonDirectory = realpathSync(resolve(at.folder, common));
  const folder = side === 'server' ? commonDirectory : ((await git(at, ['rev-parse', '--show-toplevel'])) ?? at.folder);
  const here = { folder, environment: at.environment };
  const hooksDirectory = resolve(folder, (await git(here, ['rev-parse', '--git-path', 'hooks'])) ?? '');
  const hooksPath = await git(here, ['config', '--get', 'core.hooksPath'], [1]);
  const husky = hooksPath === null ? null : huskyFolder(hooksDirectory);
  return {
    side,
    folder,
    commonDirectory,
    hooksDirectory,
    hooksPath,
    husky,
    hooks: hookPlaces(side, { commonDirectory, hooksDirectory, husky }),
    environment: at.environment,
  };
}

async function inRepository(at: LookOptions): Promise<readonly string[]> {
  const asked = ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--git-common-dir'];
  const answer = await git(at, asked, [128]);
  if (answer !== null) return answer.split('\n');
  throw new GitError('no_repository', `${at.folder} is not in a git repository, or git does not trust its owner`, {
    fix: 'git status',
  });
}

/** Husky sets the hooks path to the folder `_` of its own, in which `h` is what its hooks call. */
function huskyFolder(hooksDirectory: string): string | null {
  const isHusky = basename(hooksDirectory) === '_' && existsSync(join(hooksDirectory, 'h'));
  return isHusky ? dirname(hooksDirectory) : null;
}

/** Husky writes its own files anew with every install; what it calls are the files beside its folder `_`. */
function hookPlaces(
  side: Place['side'],
  { commonDirectory, hooksDirectory, husky }: Pick<Place, 'commonDirectory' | 'hooksDirectory' | 'husky'>,
): readonly HookPlace[] {
  return (side === 'server' ? SERVER_HOOKS : HOOKS).map((hook) => {
    if (husky === null || !existsSync(join(hooksDirectory, hook)) || hook === 'reference-transaction') {
      return { hook, script: join(hooksDirectory, hook), caller: null };
    }
    return { hook, script: join(commonDirectory, 'airlock', 'hooks', hook), caller: join(husky, hook) };
  });
}

/** Hooks that an installation left where git looked before `core.hooksPath` was set. */
export function formerHooks({ commonDirectory, hooksDirectory, side }: Place): readonly HookPlace[] {
  const former = join(commonDirectory, 'hooks');
  if (side === 'server' || former === hooksDirectory) return [];
  return HOOKS.map((hook) => ({ hook, script: join(former, hook), caller: null }));
}

/** Whether the hooks of this place serve this repository only. */
export function isOwnHooksDirectory(place: Place): boolean {
  const real = realpathOfNearest(place.hooksDirectory);
  const roots = [realpathSync(place.folder), place.commonDirectory];
  return roots.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`));
}

/** The real path of the nearest folder that exists, with what follows it. */
function realpathOfNearest(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  return join(realpathOfNearest(dirname(path)), basename(path));
}
