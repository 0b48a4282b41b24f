/**
 * Base of every error of this project. `code` is from a closed union in each subclass, so that
 * `switch (error.code)` narrows; the original error stays in `cause`.
 */
export abstract class AirlockError<Code extends string = string> extends Error {
  /** Stable machine-readable code. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}
