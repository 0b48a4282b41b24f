import type { DaemonClient } from '@airlock/runtime/client';

/** What the server needs of the daemon. */
export type ServeDaemon = Pick<
  DaemonClient,
  'status' | 'request' | 'claim' | 'outcome' | 'withdraw' | 'requests' | 'decisions'
>;

/** What the server works with; everything outside comes in here. */
export interface ServePorts {
  /** Connects to the daemon, starting it when none runs. */
  readonly connect: (signal: AbortSignal) => Promise<ServeDaemon>;
  /** Real path of the folder the server was started in. */
  readonly folder: string;
  /** Bytes of the client, as they come. */
  readonly fromClient: AsyncIterable<Uint8Array>;
  /** Writes one message with its line end; resolves when there is room for more. */
  readonly toClient: (message: Uint8Array) => Promise<void>;
  /** One line for the human, on standard error. */
  readonly say: (line: string) => void;
  /** Advice whose `airlock …` commands work as typed on this machine. */
  readonly asTyped: (advice: string) => string;
  /** Calls back once after `ms`; the result cancels. */
  readonly timer: (ms: number, call: () => void) => () => void;
  readonly uuid: () => string;
  /** Aborted by a signal to the process. */
  readonly signal: AbortSignal;
}

export interface ServeOptions {
  /** Of this build. */
  readonly version: string;
  /** Names this server's client to policies and limits; new for every process. */
  readonly sessionId: string;
}
