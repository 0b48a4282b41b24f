import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { readMessage } from '../../src/jsonrpc/message.js';
import type { LostCall, Upstream } from '../../src/upstream/upstream.js';

/** Lets a client of either SDK speak with an upstream as over stdio: one message after the other, nothing else. */
export class UpstreamTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Requests that came to nothing; the client gets an error for each. */
  readonly lost: LostCall[] = [];

  constructor(readonly upstream: Upstream) {}

  async start(): Promise<void> {
    this.#read().catch((error: unknown) => this.onerror?.(new Error('reading failed', { cause: error })));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.upstream.send(readMessage(Buffer.from(JSON.stringify(message))));
  }

  async close(): Promise<void> {
    await this.upstream.close();
    this.onclose?.();
  }

  async #read(): Promise<void> {
    for await (const item of this.upstream.messages) {
      if (item instanceof Uint8Array) {
        this.onmessage?.(JSON.parse(Buffer.from(item).toString('utf8')));
        continue;
      }
      this.lost.push(item);
      const error = { code: -32001, message: item.reason, data: { code: item.code } };
      this.onmessage?.({ jsonrpc: '2.0', id: JSON.parse(item.lost), error });
    }
  }
}
