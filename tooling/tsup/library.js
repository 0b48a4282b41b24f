import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** Build of one library package: ESM with declarations; whatever its package.json lists stays external. */
export function library(entry) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  return defineConfig({
    entry,
    format: ['esm'],
    target: 'node20',
    clean: true,
    sourcemap: true,
    external: Object.keys({ ...dependencies, ...optionalDependencies }),
    dts: { compilerOptions: { ignoreDeprecations: '6.0', types: ['node'], skipLibCheck: true } },
  });
}
