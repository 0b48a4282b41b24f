import { claudeCodeAdapter } from '@airlock/adapter-claude-code';
import { mcpCheck } from '@airlock/adapter-mcp/check';
import { IDLE_EXIT_MS, runDaemon } from '@airlock/runtime';
import { type Cli, pathsOf } from '../../cli/context.js';

/** `airlock daemon run`: the daemon itself, composed here with the adapters of every host. It ends when nobody needs it. */
export async function run(cli: Cli): Promise<number> {
  await runDaemon({
    paths: pathsOf(cli),
    adapters: [claudeCodeAdapter],
    gatewayCheck: mcpCheck,
    idleExitMs: IDLE_EXIT_MS,
  });
  return 0;
}
