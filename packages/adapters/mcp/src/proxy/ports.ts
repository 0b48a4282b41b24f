import type { DaemonClient } from '@airlock/runtime/client';
import type { Upstream } from '../upstream/upstream.js';

/** What the proxy needs of the daemon. */
export type ProxyDaemon = Pick<DaemonClient, 'status' | 'request' | 'claim' | 'outcome' | 'withdraw'>;

/** What the proxy works with; everything outside comes in here. */
export interface ProxyPorts {
  /** Connects to the daemon, starting it when none runs. */
  readonly connect: (signal: AbortSignal) => Promise<ProxyDaemon>;
  /** Bytes of the client, as they come. */
  readonly fromClient: AsyncIterable<Uint8Array>;
  /** Writes one message and a line end; resolves when there is room for more. Rejects when the client is gone. */
  readonly toClient: (message: Uint8Array) => Promise<void>;
  readonly upstream: Upstream;
  /** Real path of the folder the proxy was started in. */
  readonly folder: string;
  /** One line for the human, on standard error. */
  readonly say: (line: string) => void;
  /** Milliseconds on a clock that nobody sets. */
  readonly mono: () => number;
  /** Calls back once after `ms`; the result cancels. */
  readonly timer: (ms: number, call: () => void) => () => void;
  /** Aborted by a signal to the process. */
  readonly signal: AbortSignal;
}

export interface ProxyOptions {
  /** Name of the server as its client knows it (LOC-147). */
  readonly name: string;
  /** Names this proxy's client to policies and grants; new for every process. */
  readonly sessionId: string;
  /** How long the human is waited for, seconds. */
  readonly timeoutSeconds: number;
  /**
   * Seconds until a caller gets the result "pending, call again". Null: {@link PENDING_SECONDS}, and only for callers that take
   * no progress.
   */
  readonly pendingAfterSeconds: number | null;
}

/** Clients give up after 60 s unless they take progress. */
export const PENDING_SECONDS = 50;
