import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGateway, type Gateway, type GatewayOptions } from '@airlock/gateway';
import { startupFailure } from './options.js';

/** Built beside the entry; the store writes in a thread of its own. */
const WORKER = new URL('./store-worker.js', import.meta.url);

const ORIGIN_FILE = 'origin';

/** A gateway of this process that accepts connections. */
export interface Serving {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
}

/** Opens and starts a gateway, and writes down its origin for administrative commands. */
export async function startServing(options: GatewayOptions): Promise<Serving> {
  try {
    const gateway = await createGateway({ logLevel: 'warn', ...options }, { workerUrl: WORKER });
    try {
      const { url, port } = await gateway.listen();
      mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
      writeFileSync(join(options.dataDir, ORIGIN_FILE), `${url}\n`, { mode: 0o600 });
      return { gateway, url, port };
    } catch (error) {
      await gateway.close();
      throw error;
    }
  } catch (error) {
    throw startupFailure(error);
  }
}

/** Under which origin the gateway of a data directory was last reachable; null when it never was. */
export function lastOrigin(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, ORIGIN_FILE), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
