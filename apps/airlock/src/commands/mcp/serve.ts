import type { Cli } from '../../cli/context.js';

/** `airlock mcp serve`. */
export async function serve(_cli: Cli): Promise<number> {
  throw new Error('not built yet');
}
