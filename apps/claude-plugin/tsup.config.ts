import { defineConfig, type Options } from 'tsup';
import { app } from '../../tooling/tsup/app.js';

const base = app({ hook: 'src/hook.ts' });

/** The hook starts for every call: one small file of the kind that Node starts fastest. The rest it loads when needed. */
const hook: Options = {
  ...base,
  format: ['cjs'],
  splitting: false,
  minify: true,
  banner: {},
  outExtension: () => ({ js: '.cjs' }),
  external: [...base.external, /\/hook-seldom\.js$/],
  esbuildOptions(options) {
    base.esbuildOptions(options);
    // What uses import.meta is among the parts that are left out.
    options.logOverride = { 'empty-import-meta': 'silent' };
  },
};
const programs = app({ command: 'src/command.ts', daemon: 'src/daemon.ts', 'hook-seldom': 'src/hook-seldom.ts' });
const assembly = app({ main: 'src/build/main.ts' });
const lib = { outDir: 'dist/airlock/lib', sourcemap: false };

/** The programs go into the plugin as they are; the assembly puts everything else around them and goes. */
export default defineConfig([
  { ...hook, ...lib, clean: false },
  { ...programs, ...lib, clean: ['!hook.cjs'] },
  { ...assembly, outDir: 'dist/.build', sourcemap: false },
]);
