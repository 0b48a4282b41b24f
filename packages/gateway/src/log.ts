import { destination, type Logger, pino } from 'pino';
import type { GatewayConfig } from './config.js';

/** Names whose values never reach a log, wherever they stand (GW-210). */
const SECRET_NAMES = [
  'accessToken',
  'authorization',
  'clientSecret',
  'code',
  'deviceCode',
  'enrollmentCode',
  'metadata',
  'pairingCode',
  'pat',
  'refreshToken',
  'responseJson',
  'routingToken',
  'secret',
  'ticket',
  'token',
  'userCode',
];

/** A structured log on standard error; requests are logged by route pattern, never by path or query. */
export function gatewayLog(level: GatewayConfig['logLevel']): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, redact: { paths, censor: '[redacted]' } }, destination(2));
}
