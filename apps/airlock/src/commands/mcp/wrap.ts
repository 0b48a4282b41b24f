import type { Cli } from '../../cli/context.js';
import type { JsonFlags } from './flags.js';

/** `airlock mcp wrap`. */
export async function wrap(_cli: Cli, _file: string, _flags: JsonFlags): Promise<number> {
  throw new Error('not built yet');
}

/** `airlock mcp unwrap`. */
export async function unwrap(_cli: Cli, _file: string, _flags: JsonFlags): Promise<number> {
  throw new Error('not built yet');
}
