import { realpathSync, statSync } from 'node:fs';
import { errnoOf, RunFailure } from '../failure.js';

/** The directory the child starts in: its name and what is behind it. */
export interface WorkingDirectory {
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
}

/**
 * Reads the directory this process stands in. The child inherits it as it is, without a path, so only a rename or a
 * replacement under the shown name can make the two differ.
 *
 * @throws RunFailure `working_directory_gone`
 */
export function readWorkingDirectory(cwd: () => string = () => process.cwd()): WorkingDirectory {
  try {
    const realPath = realpathSync(cwd());
    const named = statSync(realPath, { bigint: true });
    const here = statSync('.', { bigint: true });
    if (named.dev === here.dev && named.ino === here.ino) {
      return { realPath, device: here.dev.toString(), inode: here.ino.toString() };
    }
  } catch (error) {
    throw new RunFailure('working_directory_gone', `the working directory is gone (${errnoOf(error) ?? 'error'})`, {
      cause: error,
      fix: 'cd into an existing directory',
    });
  }
  throw new RunFailure('working_directory_gone', 'the working directory was replaced by another of the same name');
}
