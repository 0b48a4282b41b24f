import type { Cli } from '../../cli/context.js';

/** One line of progress. */
export function milestone(cli: Cli, what: string, detail: string): void {
  cli.say(`airlock: ${what.padEnd(10)} ${detail}`);
}
