import { accessSync, constants, statSync } from 'node:fs';
import { quoteArgv } from '@airlock/actions';
import { errnoOf, FactsError } from '../errors.js';

/** What execvp searches when the environment has no PATH (glibc and musl agree on the content). */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Where a program is looked for. */
export interface Search {
  /** PATH of the environment that the command gets. */
  readonly path: string | undefined;
  /** Absolute folder that relative names are seen from; without it they stay relative, to this process. */
  readonly cwd?: string;
}

type Candidate = 'executable' | 'missing' | 'denied' | 'folder';

/** Judges one candidate as execve would: EACCES for a directory or a file without the execute bit. */
function judge(path: string): Candidate {
  try {
    // Most folders of a PATH do not have it: nothing is thrown for those.
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return 'missing';
    if (status.isDirectory()) return 'folder';
    if (!status.isFile()) return 'denied';
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'missing' : 'denied';
  }
}

function notFound(name: string, where: string): FactsError {
  return new FactsError('command_not_found', `${name}: command not found${where}`);
}

function notExecutable(name: string, path: string): FactsError {
  const isFolder = judge(path) === 'folder';
  const what = isFolder ? 'a folder' : 'not an executable file';
  return new FactsError('not_executable', `${name}: found ${path}, which is ${what}`, {
    ...(isFolder ? {} : { fix: quoteArgv(['chmod', '+x', path]) }),
  });
}

function seenFrom(cwd: string | undefined, path: string): string {
  return cwd === undefined || path.startsWith('/') ? path : `${cwd}/${path}`;
}

/**
 * Finds a program as execvp would with this PATH: a name with a slash is used as it is, an empty PATH element is the
 * working directory, candidates that cannot be executed are passed over and remembered.
 *
 * @returns the path to execute, always with a slash in it, not yet resolved through links
 * @throws FactsError `command_not_found` or `not_executable`
 */
export function searchPath(name: string, search: Search): string {
  if (name.includes('/')) {
    const candidate = seenFrom(search.cwd, name);
    const found = judge(candidate);
    if (found === 'executable') return candidate;
    throw found === 'missing' ? notFound(name, '') : notExecutable(name, candidate);
  }
  if (name === '') throw notFound("''", '');
  let denied: string | undefined;
  for (const directory of (search.path ?? DEFAULT_PATH).split(':')) {
    const candidate = seenFrom(search.cwd, `${directory === '' ? '.' : directory}/${name}`);
    const found = judge(candidate);
    if (found === 'executable') return candidate;
    if (found === 'denied' || found === 'folder') denied ??= candidate;
  }
  throw denied === undefined ? notFound(name, ' in PATH') : notExecutable(name, denied);
}
