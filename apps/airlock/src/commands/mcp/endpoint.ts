import type { Cli } from '../../cli/context.js';
import type { EndpointFlags, JsonFlags } from './flags.js';

/** `airlock mcp endpoint on`. */
export async function on(_cli: Cli, _flags: EndpointFlags): Promise<number> {
  throw new Error('not built yet');
}

/** `airlock mcp endpoint off`. */
export async function off(_cli: Cli, _flags: JsonFlags): Promise<number> {
  throw new Error('not built yet');
}

/** `airlock mcp endpoint show`. */
export async function show(_cli: Cli, _flags: JsonFlags): Promise<number> {
  throw new Error('not built yet');
}
