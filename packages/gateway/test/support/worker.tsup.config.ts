import process from 'node:process';
// @ts-expect-error -- a build helper in plain JavaScript, without types
import { app } from '../../../../tooling/tsup/app.js';

/** The writer thread as an application bundles it, for tests that run from source. */
export default { ...app({ worker: 'src/store/worker.ts' }), outDir: process.env['WORKER_OUT_DIR'] };
