import type { McpServer } from '@airlock/protocol';
import type { IdText, Message } from '../jsonrpc/message.js';

/** How a server ended. */
export interface ServerEnd {
  /** For the human and for the errors of open calls. */
  readonly reason: string;
  /** Of a process; null for everything else. */
  readonly exitCode: number | null;
}

/** A request that the server will not answer any more, while others may go on (HTTP only). */
export interface LostCall {
  readonly lost: IdText;
  /** Stable, for `data.code` of the error that the client gets. */
  readonly code: string;
  /** For the human and the model; holds no text of the server. */
  readonly reason: string;
  /** False: it never left, so it was certainly not performed. */
  readonly wasSent: boolean;
}

/** The server behind the proxy, whatever carries its messages. */
export interface Upstream {
  readonly identity: McpServer;
  /**
   * Sends one message of the client byte for byte; messages go out in the order of the calls. Resolves when the next one may
   * come. Rejects when the server is gone; a request that failed alone is a {@link LostCall} instead.
   */
  send(message: Message): Promise<void>;
  /** Messages of the server, each without its line end and byte for byte, and its lost calls; ends with the server. */
  readonly messages: AsyncIterable<Uint8Array | LostCall>;
  /** Resolves when the server is gone. */
  readonly ended: Promise<ServerEnd>;
  /** Tells the server to end, then ends it. */
  close(): Promise<void>;
}
