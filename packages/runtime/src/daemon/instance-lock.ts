import { join } from 'node:path';
import { RuntimeError } from '../errors.js';
import { ensureRuntimeDirectory, ensureSecureDirectory } from '../files/secure-directory.js';
import { openLock, type Lock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';

/**
 * One daemon per state directory and one per socket; the kernel gives the locks back whatever happens to us. Throws
 * `lock_held`, `directory_insecure` and `runtime_directory_insecure`.
 */
export function takeDaemonLocks(paths: RuntimePaths): readonly Lock[] {
  ensureSecureDirectory(paths.state);
  ensureRuntimeDirectory(paths.runtime);
  const taken: Lock[] = [];
  try {
    for (const directory of [paths.state, paths.runtime]) {
      const lock = openLock(join(directory, 'daemon.lock'));
      taken.push(lock);
      lock.acquire();
    }
    return taken;
  } catch (cause) {
    releaseLocks(taken);
    if (!(cause instanceof RuntimeError) || cause.code !== 'lock_held') throw cause;
    throw new RuntimeError('lock_held', 'another daemon of yours is running', { cause, fix: 'airlock daemon status' });
  }
}

export function releaseLocks(locks: readonly Lock[]): void {
  for (const lock of locks) lock.close();
}
