import type { GatewayOptions } from '@airlock/gateway';
import type { Cli } from '../../cli/context.js';
import { CommandFailure } from '../../cli/failure.js';
import { type Serving, startServing } from '../gateway/serving.js';

/** Where `airlock up` listens when no port is named. */
export const UP_PORT = 8787;
const TRIES = 10;

/** Starts on the named port, or on the first free one from {@link UP_PORT} on, and says when that is another. */
export async function serveFirstFree(cli: Cli, options: GatewayOptions): Promise<Serving> {
  if (options.port !== undefined) return await startServing(options);
  for (let port = UP_PORT; ; port += 1) {
    try {
      return await startServing({ ...options, port });
    } catch (error) {
      const taken = error instanceof CommandFailure && error.code === 'address_in_use';
      if (!taken || port >= UP_PORT + TRIES - 1) throw error;
      cli.say(`airlock: port ${port} is taken, trying ${port + 1}`);
    }
  }
}
