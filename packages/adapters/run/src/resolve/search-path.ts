import { accessSync, constants, statSync } from 'node:fs';
import { quoteArgv } from '@airlock/actions';
import { errnoOf, RunFailure } from '../failure.js';
import { RUN_EXIT } from '../exit-codes.js';

/** What execvp searches when the environment has no PATH (glibc and musl agree on the content). */
const DEFAULT_PATH = '/bin:/usr/bin';

type Candidate = 'executable' | 'missing' | 'denied' | 'folder';

/** Judges one candidate as execve would: EACCES for a directory or a file without the execute bit. */
function judge(path: string): Candidate {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return 'folder';
    if (!status.isFile()) return 'denied';
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'missing' : 'denied';
  }
}

function notFound(name: string, where: string): RunFailure {
  return new RunFailure('command_not_found', `${name}: command not found${where}`, { exitCode: RUN_EXIT.notFound });
}

function notExecutable(name: string, path: string): RunFailure {
  const isFolder = judge(path) === 'folder';
  const what = isFolder ? 'a folder' : 'not an executable file';
  return new RunFailure('not_executable', `${name}: found ${path}, which is ${what}`, {
    exitCode: RUN_EXIT.refused,
    ...(isFolder ? {} : { fix: quoteArgv(['chmod', '+x', path]) }),
  });
}

/**
 * Finds a program as execvp would with this PATH: a name with a slash is used as it is, an empty PATH element is the
 * working directory, candidates that cannot be executed are passed over and remembered.
 *
 * @returns the path to execute, always with a slash in it, not yet resolved through links
 * @throws RunFailure `command_not_found` (127) or `not_executable` (126)
 */
export function searchPath(name: string, path: string | undefined): string {
  if (name.includes('/')) {
    const found = judge(name);
    if (found === 'executable') return name;
    throw found === 'missing' ? notFound(name, '') : notExecutable(name, name);
  }
  if (name === '') throw notFound("''", '');
  let denied: string | undefined;
  for (const directory of (path ?? DEFAULT_PATH).split(':')) {
    const candidate = `${directory === '' ? '.' : directory}/${name}`;
    const found = judge(candidate);
    if (found === 'executable') return candidate;
    if (found === 'denied' || found === 'folder') denied ??= candidate;
  }
  throw denied === undefined ? notFound(name, ' in PATH') : notExecutable(name, denied);
}
