import { UrlError } from './errors/local-errors.js';

/**
 * Origin of a gateway URL (GW-020, GW-040): `https:`, or `http:` on a loopback host.
 * @returns the origin without a path, for example `https://gateway.example`
 * @throws UrlError for other schemes, credentials, paths, queries and fragments
 */
export function gatewayOrigin(text: string): string {
  const url = parsed(text);
  if (!isConfidential(url)) throw new UrlError('A gateway URL must start with https:// (http:// only on this machine)');
  const hasMore = url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '';
  if (hasMore || url.pathname !== '/') throw new UrlError('A gateway URL is an origin without a path');
  return url.origin;
}

/** Tells whether a verification URL may be shown and opened (AUTH-210). */
export function isSafeVerificationUri(text: string): boolean {
  if (!/^[A-Za-z0-9:/?=._~-]+$/.test(text)) return false;
  try {
    return isConfidential(parsed(text));
  } catch (error) {
    if (error instanceof UrlError) return false;
    throw error;
  }
}

/** Tells whether a host name, as `URL.hostname` gives it, is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new UrlError('Not a URL', { cause });
  }
}
