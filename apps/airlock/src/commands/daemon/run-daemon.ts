import { runDaemon } from '@airlock/runtime';
import { type Cli, pathsOf } from '../../cli/context.js';

/** `airlock daemon run`: the daemon itself, composed here. Host adapters of later hosts are handed in here. */
export async function run(cli: Cli): Promise<number> {
  await runDaemon({ paths: pathsOf(cli), adapters: [] });
  return 0;
}
