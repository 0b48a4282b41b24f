import { parseJson, utf8Encode } from '@airlock/protocol';
import { type JSONRPCMessage, parseJSONRPCMessage, type RequestId, type Transport } from '@modelcontextprotocol/server';
import { linesOf, TOO_LONG } from '../jsonrpc/lines.js';
import { MESSAGE_BYTES, type Message, readMessage, type Request } from '../jsonrpc/message.js';
import type { ServePorts } from './ports.js';

const CR = 0x0d;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

interface Refusal {
  readonly code: number;
  /** Stable, `data.code` of the error. */
  readonly problem: string;
  readonly detail: string;
}

const TOO_LARGE: Refusal = {
  code: PARSE_ERROR,
  problem: 'message_too_large',
  detail: `A message may have ${MESSAGE_BYTES} bytes`,
};
const INVALID: Refusal = {
  code: INVALID_REQUEST,
  problem: 'request_invalid',
  detail: 'The message is none of this protocol',
};
const BATCH: Refusal = { code: INVALID_REQUEST, problem: 'batch_unsupported', detail: 'Send one message at a time' };
const IN_USE: Refusal = { code: INVALID_REQUEST, problem: 'id_in_use', detail: 'A request with this id is open' };

/**
 * Lines of JSON-RPC, read strictly before the SDK sees them: what two parsers could read in two ways gets a coded error. Keeps
 * the source text of the arguments of each open request, because the SDK hands on nothing but its own reading.
 */
export class StrictTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #ports: Pick<ServePorts, 'fromClient' | 'toClient'>;
  /** Arguments of open requests by the JSON text of their id. */
  readonly #open = new Map<string, string | null>();
  #isClosed = false;
  #end: () => void = () => undefined;
  /** Resolves when the client has gone, or after {@link close}. */
  readonly closed = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(ports: Pick<ServePorts, 'fromClient' | 'toClient'>) {
    this.#ports = ports;
  }

  /** Source text of the arguments of an open request; null without any. */
  argumentsText(id: RequestId): string | null {
    return this.#open.get(JSON.stringify(id)) ?? null;
  }

  async start(): Promise<void> {
    this.#read().catch((error: unknown) => this.onerror?.(asError(error)));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed) return;
    if (!('method' in message) && message.id !== undefined) this.#open.delete(JSON.stringify(message.id));
    await this.#say(JSON.stringify(message));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#open.clear();
    this.onclose?.();
    this.#end();
  }

  async #read(): Promise<void> {
    try {
      for await (const line of linesOf(this.#ports.fromClient, MESSAGE_BYTES)) {
        if (this.#isClosed) return;
        if (line === TOO_LONG) await this.#refuse(null, TOO_LARGE);
        else if (!isBlank(line)) await this.#take(readMessage(line));
      }
    } finally {
      await this.close();
    }
  }

  async #take(message: Message): Promise<void> {
    switch (message.kind) {
      case 'malformed':
        return await this.#refuse(message.id, message);
      case 'batch':
        return await this.#refuseBatch(message.members);
      case 'request':
        return await this.#request(message);
      case 'notification':
        this.#forgetCancelled(message.method, message.params?.['requestId']);
        return this.#deliver(sdkMessage(message.raw));
      case 'response':
        return this.#deliver(sdkMessage(message.raw));
    }
  }

  /** What needs no answer is left out when the SDK would not take it. */
  #deliver(message: JSONRPCMessage | null): void {
    if (message !== null) this.onmessage?.(message);
  }

  async #request(request: Request): Promise<void> {
    if (this.#open.has(request.id)) return await this.#refuse(request.id, IN_USE);
    const message = sdkMessage(request.raw);
    if (message === null) return await this.#refuse(request.id, INVALID);
    this.#open.set(request.id, request.argumentsText);
    this.#deliver(message);
  }

  /** The SDK never answers what was cancelled. */
  #forgetCancelled(method: string, id: unknown): void {
    if (method === 'notifications/cancelled') this.#open.delete(JSON.stringify(id));
  }

  /** Versions that know batches may send none: 2025-06-18 took them back, and no client of 2025-03-26 is known to. */
  async #refuseBatch(members: readonly Message[]): Promise<void> {
    const ids = members.flatMap((member) =>
      member.kind === 'request' || member.kind === 'malformed' ? [member.id] : [],
    );
    for (const id of ids.length === 0 ? [null] : ids) await this.#refuse(id, BATCH);
  }

  async #refuse(id: string | null, { code, problem, detail }: Refusal): Promise<void> {
    const error = JSON.stringify({ code, message: detail, data: { code: problem } });
    await this.#say(`{"jsonrpc":"2.0","id":${id ?? 'null'},"error":${error}}`);
  }

  async #say(text: string): Promise<void> {
    await this.#ports.toClient(utf8Encode(text));
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The message as the SDK wants it; null for what it would not take. */
function sdkMessage(raw: Uint8Array): JSONRPCMessage | null {
  const value = parseJson(raw);
  try {
    return parseJSONRPCMessage(value);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** An empty line, or one that a client of Windows ended. */
function isBlank(line: Uint8Array): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === CR);
}
