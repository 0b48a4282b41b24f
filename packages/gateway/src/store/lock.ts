import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '../errors.js';
import { openDriver } from './sqlite.js';

/**
 * Takes the data directory for one serving process. The lock is an operating-system lock on a file of its own, held by an
 * open SQLite transaction, so that it ends with the process however that ends.
 * @throws StartupError `data_dir_in_use`
 */
export async function lockDataDir(dataDir: string): Promise<() => void> {
  const path = join(dataDir, 'lock');
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const driver = await openDriver(path);
  try {
    driver.exec('PRAGMA busy_timeout = 200');
    driver.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    driver.close();
    throw new StartupError(
      'data_dir_in_use',
      `Another gateway is using the data directory ${dataDir}. Stop it, or choose another directory with --data-dir.`,
      { cause: error },
    );
  }
  return () => driver.close();
}
