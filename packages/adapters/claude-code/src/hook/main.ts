/** What the plugin's Node hook is started with. */
export interface HookMain {
  /** Event name, for example `PreToolUse`. */
  readonly event: string;
  /** Home that the installation fixed; null for the default places (LOC-030). */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
}

/**
 * The slow path of the hook: reads the host's input from standard input, starts the daemon when none runs, prints one
 * well-formed answer and gives the exit code. Never rejects: whatever fails is the host's deny (LOC-100), except LOC-105.
 */
export function hookMain(options: HookMain): Promise<number> {
  throw new Error(`not built yet ${options.event}`);
}
