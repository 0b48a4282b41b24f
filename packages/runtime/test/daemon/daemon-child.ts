// A daemon as its own process, as `airlock daemon run` starts it.
import { runDaemon } from '../../src/daemon/start.js';
import { resolvePaths } from '../../src/paths/paths.js';
import { quickPorts } from '../support/quick-ports.js';

const reason = await runDaemon({
  paths: resolvePaths({ env: process.env }),
  idleExitMs: Number(process.argv[2] ?? 0),
  ports: quickPorts,
});
console.log(`ended: ${reason}`);
