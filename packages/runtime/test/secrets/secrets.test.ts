import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { openIntegrity } from '../../src/files/integrity.js';
import { resolvePaths } from '../../src/paths/paths.js';
import { nodePorts } from '../../src/ports/ports.js';
import { fileSecretStore } from '../../src/secrets/file-store.js';
import { keychainSecretStore } from '../../src/secrets/keychain-store.js';
import { openSecretStore } from '../../src/secrets/open.js';
import type { SecretStore } from '../../src/secrets/secret-store.js';
import { runChild } from '../support/run-child.js';
import { temporaryFolder } from '../support/temporary.js';

const pathsIn = (home: string) => ({ ...resolvePaths({ fixedHome: home }), home: null });
const unavailable = expect.objectContaining({ code: 'secret_store_unavailable' });

function memoryKeychain(): SecretStore {
  const values = new Map<string, string>();
  return {
    kind: 'keychain',
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
  };
}

describe(rules('ENF-180')`secrets in files`, () => {
  it('are kept, replaced and removed, each in a 0600 file of a 0700 folder', async () => {
    const folder = join(temporaryFolder(), 'secrets');
    const store = fileSecretStore(folder);
    expect(await store.get('auth.1')).toBeNull();
    await store.set('auth.1', 'one');
    await store.set('auth.1', 'two');
    expect(await store.get('auth.1')).toBe('two');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'auth.1')).mode & 0o777).toBe(0o600);
    await store.delete('auth.1');
    await store.delete('auth.1');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([['../state'], ['a/b'], [''], ['.hidden'], ['A']])('never reach outside their folder: %j', async (name) => {
    await expect(fileSecretStore(temporaryFolder()).get(name)).rejects.toThrow(TypeError);
  });
});

describe(rules('ENF-180')`the choice of the store`, () => {
  it('AIRLOCK_HOME always means files, even when a keychain is there', async () => {
    const paths = resolvePaths({ fixedHome: temporaryFolder() });
    const store = await openSecretStore(paths, async () => memoryKeychain());
    expect(store.kind).toBe('file');
  });

  it('is the keychain where there is one, and stays so', async () => {
    const paths = pathsIn(temporaryFolder());
    expect((await openSecretStore(paths, async () => memoryKeychain())).kind).toBe('keychain');
    await expect(openSecretStore(paths, async () => null)).rejects.toThrow(unavailable);
    expect((await openSecretStore(paths, async () => memoryKeychain())).kind).toBe('keychain');
  });

  it('is files where there is none, and stays so', async () => {
    const paths = pathsIn(temporaryFolder());
    expect((await openSecretStore(paths, async () => null)).kind).toBe('file');
    expect((await openSecretStore(paths, async () => memoryKeychain())).kind).toBe('file');
  });

  it('never takes a keyring that a reboot empties', { timeout: 20_000 }, async () => {
    const store = await keychainSecretStore(temporaryFolder());
    if (process.env.DBUS_SESSION_BUS_ADDRESS === undefined && process.platform === 'linux') expect(store).toBeNull();
    else expect(store === null || store.kind === 'keychain').toBe(true);
  });
});

describe(rules('ENF-180')`the integrity key`, () => {
  it('is made once', async () => {
    const store = memoryKeychain();
    const first = await openIntegrity(store, nodePorts);
    const second = await openIntegrity(store, nodePorts);
    expect(second.verify('x', 'text', first.mac('x', 'text'))).toBe(true);
    expect(second.verify('y', 'text', first.mac('x', 'text'))).toBe(false);
  });

  it('is the same for processes that start together', { timeout: 30_000 }, async () => {
    const home = temporaryFolder();
    const ends = await Promise.all([1, 2, 3].map(() => runChild('secrets/keys-child.ts', [home])));
    expect(new Set(ends.map((end) => end.stdout)).size, JSON.stringify(ends)).toBe(1);
    expect(ends[0]?.stdout).toMatch(/^[\w-]{43}\n$/);
  });

  it('is never replaced when it is damaged', async () => {
    const folder = temporaryFolder();
    const store = fileSecretStore(folder);
    await openIntegrity(store, nodePorts);
    writeFileSync(join(folder, 'integrity-key'), '{"key":"short"}');
    await expect(openIntegrity(store, nodePorts)).rejects.toThrow(unavailable);
    expect(readFileSync(join(folder, 'integrity-key'), 'utf8')).toBe('{"key":"short"}');
  });
});
