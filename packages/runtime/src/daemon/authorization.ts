import { Endpoint } from '../endpoint/endpoint.js';
import { toRuntimeError } from '../errors.js';
import type { HostDesk } from '../host/host-desk.js';
import type { Ports } from '../ports/ports.js';
import { type Authorize, authorizing } from '../service/authorize.js';
import type { HostAdapter } from '../socket/host-adapter.js';
import type { Storage } from '../state/storage.js';
import { workspaceAround } from '../workspaces/workspace-around.js';
import type { IdleWatch } from './idle.js';
import type { Logger } from './log.js';
import type { StartDaemonOptions } from './options.js';

export interface AuthorizationParts {
  readonly desk: HostDesk;
  readonly adapters: readonly HostAdapter[];
  readonly storage: Storage;
  readonly ports: Ports;
  readonly activity: Pick<IdleWatch, 'enter' | 'leave'>;
}

/** What programs of others ask, on the local socket and on loopback TCP (docs/authorize.md). */
export interface Authorization {
  readonly authorize: Authorize;
  readonly endpoint: Endpoint;
}

export function authorization(options: StartDaemonOptions, parts: AuthorizationParts): Authorization {
  const { activity, adapters, desk, ports, storage } = parts;
  const authorize = authorizing(
    desk,
    adapters.map(({ host }) => host),
  );
  const endpoint = new Endpoint({
    ports,
    authorize,
    check: options.gatewayCheck?.(desk) ?? null,
    activity,
    file: storage.endpointFile,
    isPaired: (folder) => workspaceAround(desk.status(), folder) !== null,
  });
  return { authorize, endpoint };
}

/** Listens again where it did. What keeps it from that is said in the log and by `show`: whoever asks there is refused. */
export async function reopenEndpoint(endpoint: Endpoint, log: Logger): Promise<void> {
  try {
    await endpoint.reopen();
  } catch (cause) {
    const { code, message } = toRuntimeError(cause);
    log.error({ code, err: cause }, message);
  }
}
