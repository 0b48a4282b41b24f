// Opens the keys of a fresh home with a store that is slow to answer, and prints what they make of one text.
import { setTimeout as delay } from 'node:timers/promises';
import { resolvePaths } from '../../src/paths/paths.js';
import { openKeys } from '../../src/secrets/open-keys.js';
import { openSecretStore } from '../../src/secrets/open.js';

const { integrity } = await openKeys({
  paths: resolvePaths({ fixedHome: process.argv[2] ?? '' }),
  openSecrets: async (paths) => {
    const store = await openSecretStore(paths);
    const get = async (name: string) => {
      const value = await store.get(name);
      await delay(1000);
      return value;
    };
    return { ...store, get };
  },
});
console.log(integrity.mac('x', 'y'));
