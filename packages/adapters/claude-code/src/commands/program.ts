/** The program that a plugin's commands are executed by. */
export interface CommandProgram {
  /** Home that the installation fixed; null for the default places (LOC-030). */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Absolute path of the program itself. */
  readonly entry: string;
  /** Folder of the plugin that it is a part of. */
  readonly plugin: string;
}
