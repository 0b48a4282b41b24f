/** Flags that every command of `airlock git` takes. */
export interface JsonFlags {
  readonly json?: true;
}

/** Flags of `airlock git install`. */
export interface InstallFlags extends JsonFlags {
  readonly repository?: string;
  readonly trailer?: true;
}

/** Flags of `airlock git verify`. */
export interface VerifyFlags extends JsonFlags {
  readonly base?: string;
  readonly approver?: readonly string[];
  readonly repository?: readonly string[];
}
