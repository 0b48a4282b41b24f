import { resolve } from 'node:path';
import { GitError } from '../errors.js';
import type { Environment } from './environment.js';
import { GitProgram } from './git-program.js';

/** Where a repository is. */
export interface Found {
  /** Git in the folder of {@link Found}: the work tree, or the repository itself where there is none. */
  readonly git: GitProgram;
  /** Absolute. */
  readonly commonDirectory: string;
  readonly hash: 'sha1' | 'sha256';
}

/** The first git whose hooks see every change of a reference. */
const OLDEST = [2, 28] as const;

/** The repository around a folder. @throws GitError */
export async function findRepository(folder: string, caller: Environment): Promise<Found> {
  const git = new GitProgram(caller, resolve(folder));
  const version = (await git.run(['version'])).stdout.toString('utf8').trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])) {
    throw new GitError('git_too_old', `${version} has no hook that sees every change of a branch`, {
      fix: `install git ${OLDEST.join('.')} or later`,
    });
  }
  const [hash, common = '', own = ''] = await inside(git);
  // There is none in a bare repository, and from inside `.git` there is none to be told.
  const { stdout } = await git.run(['rev-parse', '--show-toplevel'], { exits: [0, 128] });
  const top = withoutLineFeed(stdout);
  if (hash !== 'sha1' && hash !== 'sha256')
    throw new GitError('no_repository', `objects are named by ${hash ?? 'nothing'}`);
  return {
    git: git.in(top === '' ? resolve(git.folder, own) : top),
    commonDirectory: resolve(git.folder, common),
    hash,
  };
}

async function inside(git: GitProgram): Promise<readonly string[]> {
  try {
    const { stdout } = await git.run(['rev-parse', '--show-object-format', '--git-common-dir', '--git-dir']);
    return stdout.toString('utf8').split('\n');
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new GitError('no_repository', `${git.folder} is in no repository that git reads (${cause.message})`, {
      cause,
      fix: 'git init, or cd into a repository',
    });
  }
}

function withoutLineFeed(output: Buffer): string {
  return output.toString('utf8').replace(/\n$/, '');
}
