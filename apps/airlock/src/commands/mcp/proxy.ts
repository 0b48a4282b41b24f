import type { Cli } from '../../cli/context.js';
import type { ProxyFlags } from './flags.js';

/** `airlock mcp proxy`. */
export async function proxy(_cli: Cli, _command: readonly string[], _flags: ProxyFlags): Promise<number> {
  throw new Error('not built yet');
}
