import { defineConfig } from 'vitest/config';

const conditions = ['@airlock/source', 'node', 'import', 'default'];
const folders = process.env.MUTATION_FOLDERS?.split(',').concat('security');

/** The policy's tests, of some folders and attacks where only these are changed; without those that start real shells. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: 'packages/policy',
    include: folders === undefined ? ['test/**/*.test.ts'] : folders.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: ['test/security/shell-differential.test.ts'],
    setupFiles: ['../../tooling/vitest/seed.js'],
    environment: 'node',
    testTimeout: 20_000,
  },
});
