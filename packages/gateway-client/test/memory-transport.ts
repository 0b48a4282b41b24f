import type { FetchInit, FetchResponse, GatewayTransport } from '../src/index.js';
import { platformTimers } from '../src/web-transport.js';

export interface SentRequest {
  readonly url: string;
  readonly init: FetchInit;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body`: exact bytes. */
  readonly bytes?: Uint8Array;
}

export type Script = (request: SentRequest, index: number) => Answer | Promise<Answer>;

/** A transport without a network: a script answers, every request is kept, pauses are recorded and take no time. */
export function memoryTransport(script: Script) {
  const sent: SentRequest[] = [];
  const pauses: number[] = [];
  let clock = 0;
  const transport: GatewayTransport = {
    ...platformTimers(globalThis),
    fetch: async (url, init) => {
      sent.push({ url, init });
      return responseOf(await script({ url, init }, sent.length - 1));
    },
    socketHeaders: false,
    sleep: (ms) => {
      pauses.push(ms);
      clock += ms;
      return Promise.resolve();
    },
    random: () => 0,
    monotonic: () => clock,
  };
  return {
    transport,
    sent,
    pauses,
    advance: (ms: number) => {
      clock += ms;
    },
  };
}

export function responseOf({ status, headers = {}, body, bytes }: Answer): FetchResponse {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const content =
    bytes ?? (body === undefined || body === null ? undefined : new TextEncoder().encode(JSON.stringify(body)));
  // Small pieces, as a network may deliver them.
  const pieces = content === undefined ? [] : chunks(content, 1000);
  return {
    status,
    headers: { get: (name) => lower.get(name.toLowerCase()) ?? null },
    body: {
      getReader: () => ({
        read: async () => {
          const value = pieces.shift();
          return value === undefined ? { done: true } : { done: false, value };
        },
        cancel: async () => {
          pieces.length = 0;
        },
      }),
    },
  };
}

function chunks(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}
