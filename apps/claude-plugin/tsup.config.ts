import { defineConfig } from 'tsup';
import { app } from '../../tooling/tsup/app.js';

const programs = app({ hook: 'src/hook.ts', command: 'src/command.ts', daemon: 'src/daemon.ts' });
const assembly = app({ main: 'src/build/main.ts' });

/** The programs go into the plugin as they are; the assembly puts everything else around them and goes. */
export default defineConfig([
  { ...programs, outDir: 'dist/airlock/lib', sourcemap: false },
  { ...assembly, outDir: 'dist/.build', sourcemap: false },
]);
