import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

/** Vitest project of one workspace package: tests run from source, across packages, without a build. */
export function project(name) {
  return defineProject({
    resolve: { conditions: ['@airlock/source', 'node', 'import', 'default'] },
    ssr: { resolve: { conditions: ['@airlock/source', 'node', 'import', 'default'] } },
    test: {
      name,
      include: ['test/**/*.test.ts'],
      setupFiles: [fileURLToPath(new URL('seed.js', import.meta.url))],
      environment: 'node',
      // Generous limits: a busy machine is no failure, and no test waits for a clock that it could simulate.
      testTimeout: 20_000,
      hookTimeout: 60_000,
    },
  });
}
