import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/**
 * Build of one application straight from source: workspace packages are bundled through their `@airlock/source`
 * condition, so no library has to be built first. What the application's own package.json lists as a dependency
 * stays external (native bindings, and packages that read their own files); every other npm package is bundled,
 * so that dist/ runs from the packed tarball.
 *
 * @param {Record<string, string>} entry output name -> source file, e.g. `{ main: 'src/main.ts' }`; a worker thread is one more entry
 */
export function app(entry) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  return defineConfig({
    entry,
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: true,
    sourcemap: true,
    splitting: true,
    dts: false,
    external: Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !name.startsWith('@airlock/')),
    noExternal: [/^@airlock\//],
    banner: {
      js: "import { createRequire as airlockCreateRequire } from 'node:module'; const require = airlockCreateRequire(import.meta.url);",
    },
    esbuildOptions(options) {
      options.conditions = ['@airlock/source', 'node', 'import', 'default'];
    },
  });
}
