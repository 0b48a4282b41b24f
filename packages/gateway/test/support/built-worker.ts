import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const TSUP = fileURLToPath(new URL('../../../../node_modules/tsup/dist/cli-default.js', import.meta.url));

/** Builds the writer thread's file, because a worker cannot load TypeScript; returns its URL. */
export function builtWorker(): URL {
  // Inside the package, so that the native driver resolves; one for each test process, because they build at once.
  const outDir = `${PACKAGE}node_modules/.airlock-test-worker/${process.env['VITEST_POOL_ID'] ?? '0'}`;
  execFileSync(process.execPath, [TSUP, '--config', 'test/support/worker.tsup.config.ts', '--silent'], {
    cwd: PACKAGE,
    env: { ...process.env, WORKER_OUT_DIR: outDir },
    stdio: 'pipe',
  });
  return pathToFileURL(`${outDir}/worker.js`);
}
