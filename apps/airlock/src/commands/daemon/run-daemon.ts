import { claudeCodeAdapter } from '@airlock/adapter-claude-code';
import { runDaemon } from '@airlock/runtime';
import { type Cli, pathsOf } from '../../cli/context.js';

/** `airlock daemon run`: the daemon itself, composed here with the adapters of every host. */
export async function run(cli: Cli): Promise<number> {
  await runDaemon({ paths: pathsOf(cli), adapters: [claudeCodeAdapter] });
  return 0;
}
