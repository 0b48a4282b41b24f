import { createHash } from 'node:crypto';
import { RuntimeError } from '../errors.js';
import type { SecretStore } from './secret-store.js';

type Keyring = typeof import('@napi-rs/keyring');

const SERVICE = 'airlock';

/** Milliseconds after which a keychain that shows no dialogue counts as out of reach. */
const PROBE_TIMEOUT = 3000;

/** On Linux the library falls back to a kernel keyring that a reboot empties, unless the store is pinned. */
const OPTIONS = { linux: { store: 'secret-service' } } as const;

async function loadKeyring(): Promise<Keyring | null> {
  try {
    return await import('@napi-rs/keyring');
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}

/** Writes, reads and removes a probe: a keychain that cannot do all three is not used. */
async function works(keyring: Keyring, account: string): Promise<boolean> {
  const signal = AbortSignal.timeout(PROBE_TIMEOUT);
  try {
    const entry = new keyring.AsyncEntry(SERVICE, account, OPTIONS);
    await entry.setPassword(account, signal);
    const read = await entry.getPassword(signal);
    await entry.deletePassword(signal);
    return read === account;
  } catch (cause) {
    if (cause instanceof Error) return false;
    throw cause;
  }
}

/**
 * The operating system's keychain, or null when it cannot be reached. `scope` separates the secrets of two state
 * directories of one user.
 */
export async function keychainSecretStore(scope: string): Promise<SecretStore | null> {
  const keyring = await loadKeyring();
  if (keyring === null) return null;
  const prefix = createHash('sha256').update(scope).digest('hex').slice(0, 16);
  if (!(await works(keyring, `${prefix}/probe`))) return null;
  const entryOf = (name: string) => new keyring.AsyncEntry(SERVICE, `${prefix}/${name}`, OPTIONS);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new RuntimeError('secret_store_unavailable', 'the keychain did not answer', {
        cause,
        fix: 'unlock your keychain and try again',
      });
    }
  };
  return {
    kind: 'keychain',
    get: (name) => guarded(async () => (await entryOf(name).getPassword()) ?? null),
    set: (name, value) => guarded(() => entryOf(name).setPassword(value)),
    delete: (name) => guarded(async () => void (await entryOf(name).deletePassword())),
  };
}
