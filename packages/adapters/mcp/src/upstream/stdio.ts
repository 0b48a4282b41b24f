import type { Upstream } from './upstream.js';

export interface StdioServer {
  readonly command: readonly string[];
  /** Real path. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what the server says on its standard error. */
  readonly stderr: 'inherit' | 'ignore';
}

/**
 * Resolves and hashes the program and every file that an argument names, then starts it without a shell.
 * @throws RuntimeError or FactsError (`command_not_found`, …)
 */
export async function startStdioServer(_server: StdioServer): Promise<Upstream> {
  throw new Error('not built yet');
}
