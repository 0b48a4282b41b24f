import { resolve } from 'node:path';
import type { Cli } from '../../cli/context.js';

/**
 * How a client starts the proxy: with absolute paths, because clients have a PATH of their own, and with the home of now, because
 * they drop variables.
 */
export function proxyProgram(cli: Cli): readonly string[] {
  const home = cli.environment.AIRLOCK_HOME;
  const fixed = home === undefined || home === '' ? [] : ['/usr/bin/env', `AIRLOCK_HOME=${resolve(home)}`];
  return [...fixed, process.execPath, cli.entry, 'mcp', 'proxy'];
}
