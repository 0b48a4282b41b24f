import { type BigIntStats, constants, fstatSync, openSync, statSync } from 'node:fs';
import { RuntimeError } from '../errors.js';

/** A file that somebody else named, opened to be read. */
export interface ForeignFile {
  /** To be closed by who opened it. */
  readonly fd: number;
  /** Of what was opened. */
  readonly stats: BigIntStats;
}

/** How often the files of locks are in use here, by device and inode. */
const lockFiles = new Map<string, number>();

function keyOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** Lets {@link openForeign} refuse this file, whatever its name, until the function that is returned is called. */
export function reserveLockFile(path: string): () => void {
  const key = keyOf(statSync(path, { bigint: true }));
  lockFiles.set(key, (lockFiles.get(key) ?? 0) + 1);
  return () => {
    const left = (lockFiles.get(key) ?? 1) - 1;
    if (left === 0) lockFiles.delete(key);
    else lockFiles.set(key, left);
  };
}

/**
 * Opens what somebody else named; everything that a daemon opens by such a name is opened here. A process that closes any
 * descriptor of a file gives back all of its POSIX locks on it (fcntl(2)), so the files of its own locks are not opened at
 * all. A link in the last part of the path is followed only on request, a pipe never waited for.
 *
 * @throws RuntimeError `file_locked`, and what `stat` and `open` throw
 */
export function openForeign(path: string, { followLink = false } = {}): ForeignFile {
  refuseLockFile(path, statSync(path, { bigint: true }));
  const noLink = followLink ? 0 : constants.O_NOFOLLOW;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | noLink);
  const stats = fstatSync(fd, { bigint: true });
  // One that was put there between both looks stays open until the process ends: to close it is what must not happen.
  refuseLockFile(path, stats);
  return { fd, stats };
}

function refuseLockFile(path: string, stats: BigIntStats): void {
  if (lockFiles.has(keyOf(stats))) throw new RuntimeError<string>('file_locked', `${path} is a lock of this process`);
}
