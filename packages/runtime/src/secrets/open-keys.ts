import { join } from 'node:path';
import { ensureSecureDirectory } from '../files/secure-directory.js';
import { openIntegrity, type Integrity } from '../files/integrity.js';
import { openLock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import { nodePorts, type Ports } from '../ports/ports.js';
import { openSecretStore } from './open.js';
import type { SecretStore } from './secret-store.js';

export interface Keys {
  readonly secrets: SecretStore;
  readonly integrity: Integrity;
}

export interface OpenKeysOptions {
  readonly paths: RuntimePaths;
  readonly ports?: Pick<Ports, 'random'>;
  readonly openSecrets?: (paths: RuntimePaths) => Promise<SecretStore>;
}

/** How long another process may take to choose the store and make the key, milliseconds. */
const WAIT = 10_000;

let queue: Promise<unknown> = Promise.resolve();

/**
 * Opens the secret store and the integrity key. Both are made at first use, by one process alone: two that start
 * together would otherwise protect their files with different keys.
 */
export async function openKeys(options: OpenKeysOptions): Promise<Keys> {
  const mine = queue.then(() => openAlone(options));
  queue = mine.catch(() => undefined);
  return mine;
}

async function openAlone({ paths, ports = nodePorts, openSecrets = openSecretStore }: OpenKeysOptions): Promise<Keys> {
  ensureSecureDirectory(paths.state);
  const lock = openLock(join(paths.state, 'keys.lock'), WAIT);
  try {
    lock.acquire();
    const secrets = await openSecrets(paths);
    return { secrets, integrity: await openIntegrity(secrets, ports) };
  } finally {
    lock.close();
  }
}
