import { mkdirSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { RuntimeError } from '../errors.js';
import { nodeFs, type FsPort } from './fs-port.js';

const WORLD_WRITABLE = 0o002;
const OTHERS = 0o077;

/** The uid of this process; -1 where the platform has none. */
export function ownUid(): number {
  return process.getuid?.() ?? -1;
}

/** Makes a directory (and its parents) of mode 0700 unless it exists, then checks it. Throws `directory_insecure`. */
export function ensureSecureDirectory(path: string, fs: FsPort = nodeFs): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  checkSecureDirectory(path, fs);
}

/** Requires a real directory of this user with mode 0700 (ENF-180). Throws `directory_insecure`. */
export function checkSecureDirectory(path: string, fs: FsPort = nodeFs): void {
  requireOwn('directory_insecure', path, fs);
}

function requireOwn(code: 'directory_insecure' | 'runtime_directory_insecure', path: string, fs: FsPort): void {
  const found = fs.lstat(path);
  const why = found === undefined ? 'does not exist' : accessFault(found, 'directory');
  if (why !== null) throw new RuntimeError(code, `${path} ${why}`, { file: path, fix: `chmod 700 '${path}'` });
}

/** Why what was found is not of the kind, or not this user's alone; null when it is both. */
export function accessFault(
  found: Pick<Stats, 'isDirectory' | 'isSocket' | 'uid' | 'mode'>,
  kind: 'directory' | 'socket',
): string | null {
  const isDirectory = kind === 'directory';
  if (!(isDirectory ? found.isDirectory() : found.isSocket())) return `is not a ${kind} (links are not followed)`;
  if (found.uid !== ownUid()) return `belongs to uid ${found.uid}, not to you`;
  if ((found.mode & OTHERS) === 0) return null;
  return `has mode 0${(found.mode & 0o777).toString(8)}, not ${isDirectory ? '0700' : '0600'}`;
}

/**
 * What LOC-010 asks of the runtime directory beyond that: it must not lie directly in a directory that everybody can
 * write to, where it could have been replaced. Throws `runtime_directory_insecure`.
 */
export function ensureRuntimeDirectory(path: string, fs: FsPort = nodeFs): void {
  refuseOpenParent(path, fs);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  requireOwn('runtime_directory_insecure', path, fs);
}

/** The same check for somebody who connects: nothing is created (LOC-020). Throws `runtime_directory_insecure`. */
export function checkRuntimeDirectory(path: string, fs: FsPort = nodeFs): void {
  refuseOpenParent(path, fs);
  requireOwn('runtime_directory_insecure', path, fs);
}

function refuseOpenParent(path: string, fs: FsPort): void {
  const parent = fs.lstat(dirname(path));
  if (parent === undefined || (parent.mode & WORLD_WRITABLE) === 0) return;
  throw new RuntimeError(
    'runtime_directory_insecure',
    `${path} lies directly in ${dirname(path)}, which everybody can write to`,
    { file: path, fix: `set AIRLOCK_HOME to a folder of your own, or chmod o-w '${dirname(path)}'` },
  );
}
