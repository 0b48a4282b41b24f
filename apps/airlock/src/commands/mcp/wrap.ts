import { realpathSync } from 'node:fs';
import { unwrapConfig, wrapConfig, type WrappedServer } from '@airlock/adapter-mcp';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import type { JsonFlags } from './flags.js';
import { proxyProgram } from './proxy-program.js';

/** `airlock mcp wrap`. */
export async function wrap(cli: Cli, file: string, flags: JsonFlags): Promise<number> {
  const servers = wrapConfig({ file, proxy: proxyProgram(cli) });
  const isDone = servers.some(({ result }) => result === 'wrapped');
  return report(cli, { file, servers, flags }, [
    ...(isDone ? ['restart the client; from then on a call of a tool waits for the approver'] : []),
    ...(isDone ? [`put it back with: ${commandLine(cli, 'mcp', 'unwrap', file)}`] : []),
  ]);
}

/** `airlock mcp unwrap`. */
export async function unwrap(cli: Cli, file: string, flags: JsonFlags): Promise<number> {
  const servers = unwrapConfig({ file });
  const isDone = servers.some(({ result }) => result === 'unwrapped');
  return report(
    cli,
    { file, servers, flags },
    isDone ? ['restart the client; NOTHING asks about these servers any more'] : [],
  );
}

interface Rewritten {
  readonly file: string;
  readonly servers: readonly WrappedServer[];
  readonly flags: JsonFlags;
}

function report(cli: Cli, { file, servers, flags }: Rewritten, next: readonly string[]): number {
  if (flags.json) {
    printJson(cli, { file: realpathSync(file), servers });
    return EXIT.ok;
  }
  if (servers.length === 0) cli.say(`airlock: ${file} names no server`);
  for (const { name, result, reason } of servers) {
    cli.say(`airlock: ${name}: ${reason === undefined ? result : `left alone, ${reason}`}`);
  }
  for (const line of next) cli.say(`airlock: ${line}`);
  return EXIT.ok;
}
