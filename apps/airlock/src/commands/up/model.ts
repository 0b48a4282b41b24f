import type { DaemonClient } from '@airlock/runtime/client';
import type { Cli } from '../../cli/context.js';
import type { ListenerFlags } from '../gateway/listener-options.js';
import type { Serving } from '../gateway/serving.js';

export type UpFlags = ListenerFlags & {
  readonly workspace?: string;
  readonly open: boolean;
  readonly pair: boolean;
  readonly json?: true;
};

/** Everything one `airlock up` works with. */
export interface Up {
  readonly cli: Cli;
  readonly flags: UpFlags;
  readonly serving: Serving;
  readonly workspace: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Name of the account this machine is signed in as. */
  readonly user: string;
  readonly client: DaemonClient;
}
