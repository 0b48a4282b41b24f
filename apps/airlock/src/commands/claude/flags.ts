/** Flags of `airlock claude install`. */
export interface InstallFlags {
  readonly managed?: true;
  readonly print?: true;
  readonly json?: true;
}

/** Flags of the other commands. */
export type ClaudeFlags = Omit<InstallFlags, 'print'>;
