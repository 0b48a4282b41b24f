import { join } from 'node:path';
import { utf8Decode, utf8Encode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import { ensureSecureDirectory } from '../files/secure-directory.js';
import { readSecure, replaceDurably } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';
import { fileSecretStore } from './file-store.js';
import { keychainSecretStore } from './keychain-store.js';
import type { SecretStore } from './secret-store.js';

/**
 * The keychain when it is reachable at first use, otherwise files. The choice is written down: a keychain that is out of
 * reach later is an error, not a reason to start over with empty files. With `AIRLOCK_HOME` it is always files.
 */
export async function openSecretStore(
  paths: RuntimePaths,
  keychain: (scope: string) => Promise<SecretStore | null> = keychainSecretStore,
): Promise<SecretStore> {
  if (paths.home !== null) return fileSecretStore(paths.secretsDirectory);
  ensureSecureDirectory(paths.data);
  const choiceFile = join(paths.data, 'secret-store');
  const choice = readSecure(choiceFile);
  if (choice !== null && utf8Decode(choice) === 'file') return fileSecretStore(paths.secretsDirectory);
  const store = await keychain(paths.state);
  if (store === null && choice !== null) {
    throw new RuntimeError('secret_store_unavailable', 'your secrets are in the keychain, which cannot be reached', {
      file: choiceFile,
      fix: 'unlock your keychain, then try again',
    });
  }
  const chosen = store ?? fileSecretStore(paths.secretsDirectory);
  if (choice === null) replaceDurably(choiceFile, utf8Encode(chosen.kind));
  return chosen;
}
