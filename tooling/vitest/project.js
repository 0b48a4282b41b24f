import { defineProject } from 'vitest/config';

/** Vitest project of one workspace package: tests run from source, across packages, without a build. */
export function project(name) {
  return defineProject({
    resolve: { conditions: ['@airlock/source', 'node', 'import', 'default'] },
    ssr: { resolve: { conditions: ['@airlock/source', 'node', 'import', 'default'] } },
    test: { name, include: ['test/**/*.test.ts'], environment: 'node' },
  });
}
