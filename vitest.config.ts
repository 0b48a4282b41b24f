import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'packages/adapters/*', 'apps/*', 'tooling/*/vitest.config.ts'],
  },
});
