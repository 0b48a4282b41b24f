import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ProxiedRequest, ProxiedResponse } from './exchange.js';

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** The body of a message as text. */
export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Headers that may be passed on, one value each. */
export function endToEndHeaders(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || HOP_BY_HOP.has(name)) return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value] as const];
  });
  return Object.fromEntries(kept);
}

/** Opens the same request at the real gateway. */
export function openUpstream(target: string, request: Omit<ProxiedRequest, 'body'>) {
  const query = request.query.toString();
  const url = new URL(`${request.path}${query === '' ? '' : `?${query}`}`, target);
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, { method: request.method, headers: endToEndHeaders(request.headers), agent: false });
}

/** Sends a request to the real gateway and reads the whole answer. */
export async function forwardWhole(target: string, request: ProxiedRequest): Promise<ProxiedResponse> {
  const upstream = openUpstream(target, request);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
  upstream.end(request.body);
  const response = await answered;
  const body = await readBody(response);
  return { status: response.statusCode ?? 502, headers: endToEndHeaders(response.headers), body };
}
