import type { JsonObject } from '@airlock/protocol';

/** Id of a request, as the other side has to get it back: its own JSON text. */
export type IdText = string;

/** What a JSON-RPC 2.0 message is; `raw` are its bytes as they came, without the line end. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: IdText;
      readonly method: string;
      /** Null without any. */
      readonly params: JsonObject | null;
      /** Text of the member `arguments` of `params` exactly as it stands in the message; null without one. */
      readonly argumentsText: string | null;
      readonly raw: Uint8Array;
    }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: JsonObject | null;
      readonly raw: Uint8Array;
    }
  | { readonly kind: 'response'; readonly id: IdText; readonly isError: boolean; readonly raw: Uint8Array }
  /** Of 2025-03-26 only. */
  | { readonly kind: 'batch'; readonly members: readonly Message[]; readonly raw: Uint8Array }
  | {
      readonly kind: 'malformed';
      /** JSON-RPC: -32700 where it is no JSON, else -32600. */
      readonly code: -32700 | -32600;
      readonly problem: string;
      /** Where one can be told; else null, as JSON-RPC wants it. */
      readonly id: IdText | null;
      readonly raw: Uint8Array;
    };

export type Request = Extract<Message, { readonly kind: 'request' }>;

/**
 * Reads one message strictly: what two parsers could read in two ways (a duplicate key, a lone surrogate, a byte order mark)
 * is malformed. Never throws.
 */
export function readMessage(_raw: Uint8Array): Message {
  throw new Error('not built yet');
}
