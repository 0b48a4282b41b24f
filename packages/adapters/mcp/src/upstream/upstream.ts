import type { McpServer } from '@airlock/protocol';
import type { Message } from '../jsonrpc/message.js';

/** How a server ended. */
export interface ServerEnd {
  /** For the human and for the errors of open calls. */
  readonly reason: string;
  /** Of a process; null for everything else. */
  readonly exitCode: number | null;
}

/** The server behind the proxy, whatever carries its messages. */
export interface Upstream {
  readonly identity: McpServer;
  /** Sends one message of the client byte for byte. Rejects when it could not be handed over. */
  send(message: Message): Promise<void>;
  /** Messages of the server, each without its line end and byte for byte; ends with the server. */
  readonly messages: AsyncIterable<Uint8Array>;
  /** Resolves when the server is gone. */
  readonly ended: Promise<ServerEnd>;
  /** Tells the server to end, then ends it. */
  close(): Promise<void>;
}
