import type { DaemonClient } from '@airlock/runtime/client';

/** What the server needs of the daemon. */
export type ServeDaemon = Pick<
  DaemonClient,
  'status' | 'request' | 'claim' | 'outcome' | 'withdraw' | 'requests' | 'decisions'
>;

export interface ServePorts {
  /** Connects to the daemon, starting it when none runs. */
  readonly connect: (signal: AbortSignal) => Promise<ServeDaemon>;
  /** Real path of the folder the server was started in. */
  readonly folder: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly say: (line: string) => void;
  /** Aborted by a signal to the process. */
  readonly signal: AbortSignal;
}

/** `airlock mcp serve`: approval as tools for agents and clients. Resolves when the client has gone. */
export async function serveMcp(_ports: ServePorts): Promise<number> {
  throw new Error('not built yet');
}
