import { existsSync } from 'node:fs';
import type { Lock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import { nodePorts } from '../ports/ports.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { startServer, type LocalServer } from '../socket/server.js';
import { checkSocketPath } from '../socket/socket-path.js';
import { authorization, reopenEndpoint } from './authorization.js';
import { composeDaemon, type Composition } from './compose.js';
import { IdleWatch } from './idle.js';
import { releaseLocks, takeDaemonLocks } from './instance-lock.js';
import { openLog, type Logger } from './log.js';
import type { StartDaemonOptions } from './options.js';
import { optimizeEarly } from './optimize-early.js';
import { removePidFile, writePidFile } from './pid-file.js';

export type CloseReason = 'signal' | 'idle' | 'unreachable' | 'closed';

export interface RunningDaemon {
  readonly pid: number;
  readonly socket: string;
  /** Settles when the daemon has ended, whatever the reason. */
  readonly closed: Promise<CloseReason>;
  /** Withdraws what is open, stops listening and releases the lock. Idempotent. */
  close(reason?: CloseReason): Promise<void>;
}

/** Time between two flushes of the logs, milliseconds. */
const MAINTENANCE = 1000;

/**
 * Starts the daemon in this process. Rejects with `lock_held` when another one runs and with
 * `runtime_directory_insecure` or `socket_path_too_long` when it cannot listen safely; corrupt state does not reject:
 * such a daemon runs and denies.
 */
export async function startDaemon(options: StartDaemonOptions): Promise<RunningDaemon> {
  const { paths } = options;
  checkSocketPath(paths.socket);
  const locks = takeDaemonLocks(paths);
  try {
    const log = openLog(paths);
    const composition = await composeDaemon(options, log);
    return await listen(options, { locks, log, composition });
  } catch (cause) {
    releaseLocks(locks);
    throw cause;
  }
}

/** `startDaemon` until SIGTERM or SIGINT; what `airlock daemon run` is. */
export async function runDaemon(options: StartDaemonOptions): Promise<CloseReason> {
  optimizeEarly();
  const daemon = await startDaemon(options);
  const end = () => {
    daemon.close('signal').catch(() => {
      process.exitCode = 1;
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  try {
    return await daemon.closed;
  } finally {
    process.off('SIGTERM', end);
    process.off('SIGINT', end);
  }
}

interface Parts {
  readonly locks: readonly Lock[];
  readonly log: Logger;
  readonly composition: Composition;
}

async function listen(options: StartDaemonOptions, parts: Parts): Promise<RunningDaemon> {
  const { paths, adapters = [] } = options;
  const ports = options.ports ?? nodePorts;
  let settle: (reason: CloseReason) => void = () => undefined;
  const closed = new Promise<CloseReason>((resolve) => {
    settle = resolve;
  });
  let closing: Promise<void> | null = null;
  const close = async (reason: CloseReason = 'closed') => {
    closing ??= shutDown(paths, parts, { server, endpoint, idle, maintenance }).finally(() => settle(reason));
    return closing;
  };
  const closeQuietly = (reason: CloseReason) => {
    close(reason).catch((cause: unknown) => parts.log.error({ err: cause }, 'could not stop cleanly'));
  };
  const { services, storage } = parts.composition;
  const idle = new IdleWatch({
    afterMs: options.idleExitMs ?? 0,
    ports,
    busy: () => services.busy() || endpoint.isOpen,
    onIdle: () => closeQuietly('idle'),
  });
  const made = adapters.map((make) => make(services.desk));
  const { authorize, endpoint } = authorization(options, {
    desk: services.desk,
    adapters: made,
    storage,
    ports,
    activity: idle,
  });
  const server = await startServer({
    paths,
    service: { ...services, authorize, endpoint: (body) => endpoint.answer(body) },
    adapters: made,
    activity: idle,
    ...(options.peerUid === undefined ? {} : { peerUid: options.peerUid }),
  });
  await reopenEndpoint(endpoint, parts.log);
  writePidFile(paths.pidFile);
  const maintenance = setInterval(() => {
    // Whose home was deleted can never be asked again, and would deny and retry for ever.
    if (existsSync(paths.socket)) parts.composition.storage.maintain();
    else closeQuietly('unreachable');
  }, MAINTENANCE);
  maintenance.unref();
  parts.log.info({ socket: paths.socket }, 'listening');
  return { pid: process.pid, socket: paths.socket, closed, close };
}

interface Front {
  readonly server: LocalServer;
  readonly endpoint: Endpoint;
  readonly idle: IdleWatch;
  readonly maintenance: NodeJS.Timeout;
}

/** Denies and withdraws first, so that everybody who waits gets an answer, then lets go of files and locks. */
async function shutDown(
  paths: RuntimePaths,
  parts: Parts,
  { server, endpoint, idle, maintenance }: Front,
): Promise<void> {
  idle.stop();
  clearInterval(maintenance);
  parts.log.info('stopping');
  await parts.composition.shutDown();
  await endpoint.close();
  await server.close();
  parts.composition.storage.close();
  removePidFile(paths.pidFile);
  releaseLocks(parts.locks);
}
