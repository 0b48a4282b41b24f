import { join } from 'node:path';
import { type GatewayOptions, StartupError } from '@airlock/gateway';
import { type Cli, pathsOf } from '../../cli/context.js';
import { CommandFailure, UsageError } from '../../cli/failure.js';
import type { ListenerFlags } from './listener-options.js';

/** The data directory of the flags, else the one below this user's data. */
export function gatewayDataDir(cli: Cli, named: string | undefined): string {
  return named ?? join(pathsOf(cli).data, 'gateway');
}

/** Refuses what this build of the gateway does not have yet, instead of ignoring it. */
export function refuseUnavailable(flags: { readonly databaseUrl?: string; readonly issuer?: string }): void {
  if (flags.databaseUrl !== undefined)
    throw new UsageError('--database-url is not available in this version', 'airlock gateway serve --data-dir DIR');
  if (flags.issuer !== undefined)
    throw new UsageError('--issuer is not available in this version', 'airlock gateway serve --data-dir DIR');
}

/** The listener part of a gateway's options. */
export function listenerOptions(flags: ListenerFlags): Pick<GatewayOptions, 'host' | 'port' | 'tls' | 'publicUrl'> {
  const { tlsCert, tlsKey, host, port, publicUrl } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('a certificate needs its key', '--tls-cert FILE --tls-key FILE');
  }
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { certFile: tlsCert, keyFile: tlsKey } }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  };
}

/** Turns a start-up refusal into an exit code: what the flags caused is wrong usage. */
export function startupFailure(error: unknown): unknown {
  if (!(error instanceof StartupError)) return error;
  if (error.code === 'tls_required')
    return new UsageError(error.message, '--tls-cert FILE --tls-key FILE, or --public-url https://…');
  if (error.code === 'invalid_configuration') return new UsageError(error.message);
  const fix = error.code === 'address_in_use' ? 'the same command with --port 0, which takes a free one' : undefined;
  return new CommandFailure(error.code, error.message, { fix, cause: error });
}
