import { defineConfig } from 'tsup';

/** Build of one library package: ESM with declarations; workspace packages stay external. */
export function library(entry) {
  return defineConfig({
    entry,
    format: ['esm'],
    target: 'node20',
    clean: true,
    sourcemap: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0', types: ['node'], skipLibCheck: true } },
  });
}
