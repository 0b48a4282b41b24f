import { readFileSync } from 'node:fs';
import type { GatewayOptions } from '@airlock/gateway';
import { isJsonObject, parseJson } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { UsageError } from '../../cli/failure.js';
import type { ListenerFlags } from './listener-options.js';
import { gatewayDataDir, listenerOptions, refuseUnavailable } from './options.js';
import { startServing } from './serving.js';

export type ServeFlags = ListenerFlags & {
  readonly config?: string;
  readonly trustProxy?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly issuer?: string;
  readonly json?: true;
};

/** The members of a configuration file; the gateway itself checks their values. */
function configFile(path: string | undefined): Readonly<Record<string, unknown>> {
  if (path === undefined) return {};
  try {
    const value = parseJson(readFileSync(path));
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new UsageError(
      `${path} cannot be used (${error instanceof Error ? error.message : 'error'})`,
      '--config FILE.json',
    );
  }
  throw new UsageError(`${path} does not hold a JSON object`, '--config FILE.json');
}

/** Resolves when the process is asked to end. */
export function untilInterrupted(cli: Cli): Promise<void> {
  const signal = cli.interruption();
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** `airlock gateway serve`. Flags win over the file. */
export async function serve(cli: Cli, flags: ServeFlags): Promise<number> {
  refuseUnavailable(flags);
  const file = configFile(flags.config);
  const fromFile = typeof file.dataDir === 'string' ? file.dataDir : undefined;
  const options: GatewayOptions = {
    ...file,
    ...listenerOptions(flags),
    ...(flags.trustProxy === undefined ? {} : { trustProxy: flags.trustProxy.split(',').map((each) => each.trim()) }),
    dataDir: gatewayDataDir(cli, flags.dataDir ?? fromFile),
  };
  const interrupted = untilInterrupted(cli);
  const { gateway, url } = await startServing(options);
  if (flags.json) printJson(cli, { event: 'ready', url, pid: process.pid });
  else cli.say(`airlock: the gateway serves ${url} (data in ${options.dataDir}); Ctrl-C ends it`);
  await interrupted;
  await gateway.close();
  return 0;
}
