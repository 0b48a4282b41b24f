/** Where a program looks for its configuration. */
export interface ConfigurationPlace {
  /** Real path. */
  readonly cwd: string;
  readonly home: string;
  /** Variables by their values, as far as they are known. */
  readonly variables: Readonly<Record<string, string>>;
  /** PATH that the command gets; without one it is that of a bare system. */
  readonly path?: string | undefined;
  /** Name or path of the shell that reads the command, if any. */
  readonly shell?: string | undefined;
}
