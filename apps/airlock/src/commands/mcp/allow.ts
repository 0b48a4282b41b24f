import type { Cli } from '../../cli/context.js';
import type { JsonFlags } from './flags.js';

interface Tool {
  readonly server: string;
  readonly tool: string;
}

/** `airlock mcp allow`. */
export async function allow(_cli: Cli, _tool: Tool, _flags: JsonFlags & { readonly timeout: number }): Promise<number> {
  throw new Error('not built yet');
}

/** `airlock mcp disallow`. */
export async function disallow(_cli: Cli, _tool: Tool, _flags: JsonFlags): Promise<number> {
  throw new Error('not built yet');
}
