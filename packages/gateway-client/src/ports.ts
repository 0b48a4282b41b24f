/** What the client needs of an abort signal; the platform's `AbortSignal` has it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The platform's own signal type where there is one, so that `globalThis.fetch` fits {@link FetchPort} as it is. */
export type PlatformSignal = typeof globalThis extends {
  AbortSignal: { prototype: infer Signal };
}
  ? Signal
  : AbortSignalLike;

/** The part of `RequestInit` the client uses. Redirects are never followed: they would carry credentials elsewhere. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: PlatformSignal;
}

/** Reads a body piece by piece, so that its size can be bounded before it is in memory. */
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

/** The part of `Response` the client uses. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): BodyReader } | null;
}

/**
 * `fetch`, or anything that behaves like it. Rejects when no HTTP answer arrived; an error with a member
 * `sent: false` promises that no byte of the request left this machine.
 */
export type FetchPort = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The part of `WebSocket` the client uses (browser `WebSocket` and `ws` have it). */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Opens a socket. `headers` is empty when {@link GatewayTransport.socketHeaders} is false. */
export type SocketPort = (url: string, headers: Readonly<Record<string, string>>) => SocketLike;

/** A signal that aborts after a time, or together with its parent. */
export interface Deadline {
  readonly signal: PlatformSignal;
  /** True once the time was up (false when the parent aborted first). */
  readonly expired: boolean;
  /** Releases the timer. Must be called once the guarded work ended. */
  clear(): void;
}

/** Everything of the outside world that the client touches. */
export interface GatewayTransport {
  readonly fetch: FetchPort;
  readonly openSocket?: SocketPort;
  /** True when {@link SocketPort} can send an `Authorization` header; false means tickets (GW-400). */
  readonly socketHeaders: boolean;
  deadline(timeoutMs: number, parent?: AbortSignalLike): Deadline;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignalLike): Promise<void>;
  /** Uniform in [0, 1); used for jitter only. */
  random(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
}
