import type { GatewayOptions } from '@airlock/gateway';

const PREFIX = 'AIRLOCK_GATEWAY_';

/** What is wrong with the environment, and what to set. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

type Environment = Readonly<Record<string, string | undefined>>;

function tlsOf(cert: string | undefined, key: string | undefined): Pick<GatewayOptions, 'tls'> {
  if (cert === undefined && key === undefined) return {};
  if (cert !== undefined && key !== undefined) return { tls: { certFile: cert, keyFile: key } };
  throw new EnvironmentError(`Set both ${PREFIX}TLS_CERT and ${PREFIX}TLS_KEY, or neither.`);
}

/** Configuration from variables that start with `AIRLOCK_GATEWAY_`; their values are checked by the gateway. */
export function optionsFromEnvironment(env: Environment): GatewayOptions {
  const read = (name: string): string | undefined => env[PREFIX + name] || undefined;
  const dataDir = read('DATA_DIR');
  if (dataDir === undefined) throw new EnvironmentError(`Set ${PREFIX}DATA_DIR to a directory of its own.`);
  const given = {
    host: read('HOST'),
    port: read('PORT') === undefined ? undefined : Number(read('PORT')),
    publicUrl: read('PUBLIC_URL'),
    approverOrigin: read('APPROVER_ORIGIN'),
    trustProxy: read('TRUST_PROXY')
      ?.split(',')
      .map((address) => address.trim()),
    logLevel: read('LOG_LEVEL'),
  };
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { dataDir, ...defined, ...tlsOf(read('TLS_CERT'), read('TLS_KEY')) };
}
