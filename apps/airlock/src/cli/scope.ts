import type { Cli } from './context.js';

/** What a definition needs to connect a command with its action. */
export interface Scope {
  readonly cli: Cli;
  /** Runs the action and keeps its exit code; actions are imported only here, so that `run` stays light. */
  perform(action: () => Promise<number>): Promise<void>;
}
