import { claudeCodeAdapter } from '@airlock/adapter-claude-code';
import { mcpCheck } from '@airlock/adapter-mcp/check';
import { IDLE_EXIT_MS, resolvePaths, runDaemon } from '@airlock/runtime';

const home = process.env.AIRLOCK_HOME;
await runDaemon({
  paths: resolvePaths({ fixedHome: home ?? null }),
  adapters: [claudeCodeAdapter],
  gatewayCheck: mcpCheck,
  idleExitMs: IDLE_EXIT_MS,
});
