import type { DaemonClient } from '@airlock/runtime/client';
import type { Environment } from '../repository/environment.js';

/** What the gate needs of the daemon. */
export type GateDaemon = Pick<DaemonClient, 'status' | 'request' | 'receipt' | 'claim' | 'outcome' | 'withdraw'>;

/** What the gate works with; everything outside comes in here. */
export interface GatePorts {
  /** Connects to the daemon, starting it when none runs. */
  readonly connect: (signal: AbortSignal) => Promise<GateDaemon>;
  readonly environment: Environment;
  readonly folder: string;
  /** One line for the human, on standard error. */
  readonly say: (line: string) => void;
  /** Aborted when git or the terminal ends the hook. */
  readonly signal: AbortSignal;
}

/** Exit code of a hook: 0 lets git go on, 1 stops it. */
export type HookExit = 0 | 1;
