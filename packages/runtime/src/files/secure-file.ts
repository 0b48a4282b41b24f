import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Stats } from 'node:fs';
import { RuntimeError } from '../errors.js';
import { nodeFs, OPEN, readRange, writeAll, type FsPort } from './fs-port.js';
import { ownUid } from './secure-directory.js';

const OTHERS = 0o077;

/** Throws `file_insecure` unless `stats` are those of a plain file that only this user can reach (ENF-180). */
export function checkSecureFile(path: string, stats: Stats): void {
  const why = fileFault(stats);
  if (why === null) return;
  throw new RuntimeError('file_insecure', `${path} ${why}`, {
    file: path,
    fix: `ls -l '${path}'; chmod 600 '${path}'`,
  });
}

function fileFault(stats: Stats): string | null {
  if (!stats.isFile()) return 'is not a plain file (links are not followed)';
  if (stats.uid !== ownUid()) return `belongs to uid ${stats.uid}, not to you`;
  if ((stats.mode & OTHERS) !== 0) return `has mode 0${(stats.mode & 0o777).toString(8)}, not 0600`;
  if (stats.nlink > 1) return 'has a second name (hard link)';
  return null;
}

/** Opens an existing file without following links and checks it. Returns null when there is none. */
export function openSecure(path: string, flags: number, fs: FsPort = nodeFs): number | null {
  const found = fs.lstat(path);
  if (found === undefined) return null;
  checkSecureFile(path, found);
  const fd = fs.open(path, flags, 0o600);
  try {
    checkSecureFile(path, fs.fstat(fd));
  } catch (cause) {
    fs.close(fd);
    throw cause;
  }
  return fd;
}

/** The whole file, or null when there is none. Throws `file_insecure`. */
export function readSecure(path: string, fs: FsPort = nodeFs): Uint8Array | null {
  const fd = openSecure(path, OPEN.read, fs);
  if (fd === null) return null;
  try {
    return readRange(fs, fd, { position: 0, length: fs.fstat(fd).size });
  } finally {
    fs.close(fd);
  }
}

/**
 * Puts `bytes` in the place of the file so that a crash at any point leaves the old or the new content, never a mix:
 * new file, flush, rename, flush of the directory.
 */
export function replaceDurably(path: string, bytes: Uint8Array, fs: FsPort = nodeFs): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = fs.open(temporary, OPEN.createNew, 0o600);
  try {
    try {
      writeAll(fs, fd, bytes);
      fs.sync(fd);
    } finally {
      fs.close(fd);
    }
    fs.rename(temporary, path);
  } catch (cause) {
    removeQuietly(temporary, fs);
    throw cause;
  }
  syncDirectory(dirname(path), fs);
}

/** Makes an empty file of mode 0600; `false` when it exists already. The new name is flushed. */
export function createSecure(path: string, fs: FsPort = nodeFs): boolean {
  if (fs.lstat(path) !== undefined) return false;
  fs.close(fs.open(path, OPEN.createNew, 0o600));
  syncDirectory(dirname(path), fs);
  return true;
}

export function syncDirectory(path: string, fs: FsPort = nodeFs): void {
  const fd = fs.open(path, OPEN.read, 0);
  try {
    fs.sync(fd);
  } finally {
    fs.close(fd);
  }
}

/** Removes a file of ours; that it is gone already is no error. */
export function removeSecure(path: string, fs: FsPort = nodeFs): void {
  if (fs.lstat(path) === undefined) return;
  fs.unlink(path);
  syncDirectory(dirname(path), fs);
}

/** The failure that led here is the one to report; a temporary file that stays behind is harmless. */
function removeQuietly(path: string, fs: FsPort): void {
  try {
    if (fs.lstat(path) !== undefined) fs.unlink(path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
  }
}
