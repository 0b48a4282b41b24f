import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { gatewayCore } from './app.js';
import { type GatewayConfig, gatewayConfigSchema, type GatewayOptions } from './config.js';
import { StartupError } from './errors.js';
import { createIdentityAdmin, type IdentityAdmin } from './identity/admin.js';
import { assertTransport, type Listening, listenOn, originOf } from './listen.js';
import { gatewayLog } from './log.js';
import { type Ports, systemPorts } from './ports.js';
import type { AuditRecord, AuditVerification } from './store/commands/audit.js';
import { openStore } from './store/open-store.js';
import { startSweeper, sweepAll } from './sweeper.js';

/** What a process, or a test, may put in the place of the defaults. */
export interface GatewayOverrides {
  readonly ports?: Ports;
  readonly log?: Logger;
  /** `inline` runs the store in this thread: needed where the worker's file cannot be loaded. */
  readonly thread?: 'worker' | 'inline';
  /** Built worker file; beside this module unless told. */
  readonly workerUrl?: URL;
}

/** One gateway over one data directory. */
export interface Gateway {
  /** The routes, without sockets. */
  readonly app: Hono;
  /** Users, tokens and apps, as the process that owns the data directory manages them. */
  readonly admin: IdentityAdmin;
  /** Starts to accept connections. @throws StartupError */
  readonly listen: () => Promise<{ readonly url: string; readonly port: number }>;
  /** Origin under which clients reach it; the port is known only after `listen` unless it was given. */
  readonly publicUrl: () => string;
  /** Moves due exchanges on and deletes what is over; a listening gateway does this by itself. */
  readonly sweep: () => Promise<void>;
  /** Stops accepting, answers parked waits with 204, closes sockets with 1012, commits, closes the store. */
  readonly close: () => Promise<void>;
}

function checkedConfig(options: GatewayOptions): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StartupError(
    'invalid_configuration',
    `Configuration ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`,
    { cause: parsed.error },
  );
}

/** Sources run inline, because a worker thread cannot load TypeScript. */
function defaultThread(): 'worker' | 'inline' {
  return import.meta.url.endsWith('.ts') ? 'inline' : 'worker';
}

/**
 * Opens a gateway over its data directory, alone: a second one gets `data_dir_in_use`.
 * @throws StartupError
 */
export async function createGateway(options: GatewayOptions, overrides: GatewayOverrides = {}): Promise<Gateway> {
  const config = checkedConfig(options);
  assertTransport(config);
  const ports = overrides.ports ?? systemPorts();
  const log = overrides.log ?? gatewayLog(config.logLevel);
  const store = await openStore({
    dataDir: config.dataDir,
    use: 'serve',
    thread: overrides.thread ?? defaultThread(),
    ...(overrides.workerUrl === undefined ? {} : { workerUrl: overrides.workerUrl }),
    log,
  });
  let listening: Listening | undefined;
  const publicUrl = (): string => originOf(config, listening?.port ?? config.port);
  const core = await gatewayCore({ config, ports, store, log, publicUrl });
  let stopSweeper = (): void => undefined;
  return {
    app: core.app,
    admin: core.identity.admin,
    publicUrl,
    sweep: () => sweepAll(core),
    listen: async () => {
      listening = await listenOn(config, core);
      stopSweeper = startSweeper(core);
      return { url: publicUrl(), port: listening.port };
    },
    close: async () => {
      stopSweeper();
      const stopped = listening?.stop();
      core.waiters.release();
      core.channels.shutDown();
      await stopped;
      await store.close();
    },
  };
}

/** Administration of a data directory, beside a running gateway or without one. */
export interface GatewayAdmin {
  readonly identity: IdentityAdmin;
  readonly verifyAudit: () => Promise<AuditVerification>;
  /** The newest entries first. */
  readonly listAudit: (limit: number) => Promise<readonly AuditRecord[]>;
  readonly close: () => Promise<void>;
}

/** Opens a data directory for administrative commands. @throws StartupError */
export async function openAdmin(dataDir: string, ports: Ports = systemPorts()): Promise<GatewayAdmin> {
  const store = await openStore({ dataDir, use: 'shared', thread: 'inline' });
  return {
    identity: createIdentityAdmin({ store, ports }),
    verifyAudit: () => store.run('verifyAudit', {}),
    listAudit: (limit) => store.run('listAudit', { limit }),
    close: store.close,
  };
}
