import { defineConfig } from 'tsup';
import { app } from '../../tooling/tsup/app.js';

/** The hook starts for every call: a file of its own, a hundredth of what the programs share. The rest it loads when needed. */
const hook = app({ hook: 'src/hook.ts' });
const programs = app({ command: 'src/command.ts', daemon: 'src/daemon.ts', 'hook-seldom': 'src/hook-seldom.ts' });
const assembly = app({ main: 'src/build/main.ts' });
const lib = { outDir: 'dist/airlock/lib', sourcemap: false };

/** The programs go into the plugin as they are; the assembly puts everything else around them and goes. */
export default defineConfig([
  { ...hook, ...lib, clean: false, external: [...hook.external, /\/hook-seldom\.js$/] },
  { ...programs, ...lib, clean: ['!hook.js'] },
  { ...assembly, outDir: 'dist/.build', sourcemap: false },
]);
