import type { DaemonClient } from '@airlock/runtime/client';

/** What the gate works with; everything outside comes in here. */
export interface GatePorts {
  /** Connects to the daemon, starting it when none runs. */
  readonly connect: (signal: AbortSignal) => Promise<DaemonClient>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** One line for the human, on standard error. */
  readonly say: (line: string) => void;
  /** Aborted when git or the terminal ends the hook. */
  readonly signal: AbortSignal;
}

/** Exit code of a hook: 0 lets git go on, 1 stops it. */
export type HookExit = 0 | 1;

/**
 * `reference-transaction STATE`: asks about every commit that is new to the branches (`prepared`), writes receipts down
 * (`committed`), or gives the approval back (`aborted`). Judges `refs/heads/` only.
 */
export async function referenceTransaction(_state: string, _input: string, _ports: GatePorts): Promise<HookExit> {
  throw new Error('not built yet');
}

/** `pre-push REMOTE URL`: asks about every reference update with the commits that are new to the remote. */
export async function prePush(
  _remote: { readonly name: string; readonly url: string },
  _input: string,
  _ports: GatePorts,
): Promise<HookExit> {
  throw new Error('not built yet');
}

/** `commit-msg FILE`: puts an `Airlock-Approval` trailer with the id of the coming request into the message, where `airlock.trailer` is set. */
export async function commitMessage(_file: string, _ports: GatePorts): Promise<HookExit> {
  throw new Error('not built yet');
}
