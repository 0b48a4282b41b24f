// A daemon as its own process, with the adapter of Claude Code; ends with the process of the tests.
import { existsSync } from 'node:fs';
import { resolvePaths, runDaemon } from '@airlock/runtime';
import { claudeCodeAdapter } from '../../src/adapter.js';

const home = process.argv[2] ?? '';
process.once('disconnect', () => process.exit(1));
setInterval(() => existsSync(home) || process.exit(1), 250).unref();
await runDaemon({ paths: resolvePaths({ fixedHome: home }), adapters: [claudeCodeAdapter], idleExitMs: 0 });
