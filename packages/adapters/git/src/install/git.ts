import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GitError } from '../errors.js';
import type { LookOptions } from './model.js';

const execute = promisify(execFile);

/**
 * Runs git with the configuration that the user's own git has: what is installed must be found by that one.
 * Answers null for the exit codes that mean "there is none", its output without the last line feed otherwise.
 * @throws GitError `git_not_found`, `git_failed`
 */
export async function git(
  { folder, environment }: LookOptions,
  args: readonly string[],
  none: readonly number[] = [],
): Promise<string | null> {
  try {
    const env = { ...environment, LC_ALL: 'C' };
    const { stdout } = await execute('git', [...args], { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 });
    return stdout.replace(/\n$/, '');
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    if (typeof cause.code === 'number' && none.includes(cause.code)) return null;
    if (cause.code === 'ENOENT')
      throw new GitError('git_not_found', 'there is no git on the PATH', { cause, fix: 'install git' });
    const said = 'stderr' in cause ? String(cause.stderr).trim().split('\n').at(-1) : undefined;
    throw new GitError('git_failed', `git ${args[0] ?? ''}: ${said ?? cause.message}`, { cause });
  }
}

/** The lines of an answer. */
export async function gitLines(
  at: LookOptions,
  args: readonly string[],
  none: readonly number[] = [],
): Promise<readonly string[]> {
  const text = await git(at, args, none);
  return text === null || text === '' ? [] : text.split('\n');
}
