import { isJsonObject, type JsonObject } from '@airlock/protocol';
import type { Message } from '../../jsonrpc/message.js';

/** Member of `_meta` in which a request of 2026-07-28 names its own version. */
const VERSION_MEMBER = 'io.modelcontextprotocol/protocolVersion';

/** Parameter that `Mcp-Name` repeats, by method (SEP-2243, SEP-2663). */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** The version that a message names itself, as every one of 2026-07-28 does; null for the eras with a handshake. */
export function ownVersion(params: JsonObject | null): string | null {
  const meta = params?.['_meta'];
  const version = isJsonObject(meta) ? meta[VERSION_MEMBER] : undefined;
  return typeof version === 'string' ? version : null;
}

/** Headers that repeat what a message of 2026-07-28 says; none for messages of other eras. */
export function repeatedHeaders(message: Message): Readonly<Record<string, string>> {
  if (message.kind !== 'request' && message.kind !== 'notification') return {};
  const version = ownVersion(message.params);
  if (version === null) return {};
  const field = NAMED_BY.get(message.method);
  const name = field === undefined ? undefined : message.params?.[field];
  return {
    'mcp-protocol-version': headerValue(version),
    'mcp-method': headerValue(message.method),
    ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
  };
}

/** A text as a header carries it: as it is, or as Base64 of its UTF-8 where it could be read in another way (SEP-2243). */
export function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(text);
  const looksEncoded = text.startsWith('=?base64?') && text.endsWith('?=');
  return isPlain && !looksEncoded ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
