import type { McpServer } from '@airlock/protocol';
import { type Message, readMessage, type Request } from '../../src/jsonrpc/message.js';

export const SERVER: McpServer = { transport: 'http', url: 'https://mcp.example/mcp' };

/** A request as its text. */
export function requestText(method: string, params?: unknown, id: unknown = 1): string {
  return JSON.stringify({ method, ...(params === undefined ? {} : { params }), jsonrpc: '2.0', id });
}

/** A request as the proxy reads it. */
export function request(text: string): Request {
  const message: Message = readMessage(Buffer.from(text, 'utf8'));
  if (message.kind !== 'request') throw new Error(`no request: ${JSON.stringify(message)}`);
  return message;
}
