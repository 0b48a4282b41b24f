import { claudeCodeAdapter } from '@airlock/adapter-claude-code';
import { mcpCheck } from '@airlock/adapter-mcp/check';
import { IDLE_EXIT_MS, resolvePaths, runDaemon } from '@airlock/runtime';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programPlace } from './place.js';

const home = process.env.AIRLOCK_HOME;
const { command } = programPlace(dirname(fileURLToPath(import.meta.url)));
await runDaemon({
  paths: resolvePaths({ fixedHome: home ?? null }),
  adapters: [claudeCodeAdapter],
  gatewayCheck: mcpCheck,
  ...(command === null ? {} : { command }),
  idleExitMs: IDLE_EXIT_MS,
});
