// A daemon as its own process, as `airlock daemon run` starts it; ends with its home and with the process of the tests.
import { existsSync } from 'node:fs';
import { runDaemon } from '../../src/daemon/start.js';
import { resolvePaths } from '../../src/paths/paths.js';
import { quickPorts } from '../support/quick-ports.js';

const paths = resolvePaths({ env: process.env });

function unwanted(): boolean {
  try {
    return !process.kill(Number(process.env['AIRLOCK_TEST_OWNER']), 0) || !existsSync(paths.home ?? '');
  } catch {
    return true;
  }
}

function endUnwanted(): void {
  if (unwanted()) process.exit(1);
}

endUnwanted();
setInterval(endUnwanted, 250).unref();
const reason = await runDaemon({ paths, idleExitMs: Number(process.argv[2] ?? 0), ports: quickPorts });
console.log(`ended: ${reason}`);
