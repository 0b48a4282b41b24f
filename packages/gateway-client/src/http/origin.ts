import { gatewayOrigin, isLoopbackHost, UrlError } from '@airlock/protocol';
import { GatewayError } from '../errors.js';

/**
 * Checks the URL of a gateway: `https:`, or `http:` to a loopback host; an origin without a path (GW-020, GW-040).
 * @throws GatewayError `insecure_gateway_url`
 */
export function checkedOrigin(text: string): string {
  try {
    return gatewayOrigin(text);
  } catch (cause) {
    if (cause instanceof UrlError) throw refused(cause.message, cause);
    throw cause;
  }
}

/**
 * Checks the base URL of an identity provider or one of its endpoints, which may have a path, and returns it without a
 * trailing slash. The rule for the scheme is that of the gateway.
 * @throws GatewayError `insecure_gateway_url`
 */
export function checkedUrl(text: string): string {
  const url = parsed(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    throw refused('The URL of the identity provider must start with https:// (http:// only on this machine)');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw refused('The URL of the identity provider must not hold credentials or a fragment');
  }
  return url.href.endsWith('/') ? url.href.slice(0, -1) : url.href;
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw refused('The URL of the identity provider cannot be read', cause);
  }
}

function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError({ kind: 'malformed', code: 'insecure_gateway_url', message, retryable: false, cause });
}
