import type { IncomingMessage } from 'node:http';

/** Headers of which a second one could mean one thing to us and another to somebody else. */
const ONCE: readonly string[] = [
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'mcp-session-id',
  'origin',
  'transfer-encoding',
];

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

const SERVER = /^\/v1\/ext-authz\/([A-Za-z0-9][A-Za-z0-9._~-]{0,199})(?:[/?][!-~]*)?$/;

/** What a path of the endpoint leads to. */
export type Target = { readonly name: 'authorize' } | { readonly name: 'ext-authz'; readonly server: string };

/** Status with which a request is refused before anybody looks at its token; null for one that may go on. */
export function refusedAtTheDoor(request: IncomingMessage, port: number): 400 | 403 | null {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  if (ONCE.some((name) => names.indexOf(name) !== names.lastIndexOf(name))) return 400;
  // A web page cannot leave it out, and a page that rebound its own name to this address cannot change the other.
  if (names.includes('origin')) return 403;
  const { host } = request.headers;
  return host === `127.0.0.1:${port}` || host === `localhost:${port}` ? null : 403;
}

/** Where a request leads; null for everything that is not served here. Nothing in a path is decoded or resolved. */
export function targetOf({ method, url = '' }: IncomingMessage): Target | null {
  if (method === 'POST' && url === '/v1/authorize') return { name: 'authorize' };
  const server = SERVER.exec(url)?.[1];
  const isServed = method === 'POST' || method === 'GET' || method === 'DELETE';
  return isServed && server !== undefined ? { name: 'ext-authz', server } : null;
}

/** Whether a request carries no body at all. */
export function isEmpty({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
}

/** Status with which a body is refused before it is read, or null. */
export function refusedBody({ headers }: IncomingMessage, mostBytes: number): 413 | 415 | null {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return 415;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return 415;
  return Number(headers['content-length'] ?? 0) > mostBytes ? 413 : null;
}
