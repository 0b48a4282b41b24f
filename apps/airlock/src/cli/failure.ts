/** Exit codes of every command besides `run` and `approve`, which have their own. */
export const EXIT = { ok: 0, failed: 1, usage: 64, interrupted: 130 } as const;

/** Wrong usage: exit 64 and one line that says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** A complete command line, or a part of one. */
    readonly type?: string,
  ) {
    super(message);
  }
}

/** A command that could not do what it was asked for: coded, with what to type next. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly code: string,
    message: string,
    readonly options: { readonly fix?: string | undefined; readonly exitCode?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

interface Coded {
  readonly code: string;
  readonly message: string;
  readonly fix: string | undefined;
}

/** What every error class of the packages has in common: a stable string code and a message. */
export function readCoded(error: unknown): Coded {
  if (error instanceof CommandFailure) return { code: error.code, message: error.message, fix: error.options.fix };
  if (!(error instanceof Error)) return { code: 'internal_error', message: String(error), fix: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal_error';
  const fix = 'fix' in error && typeof error.fix === 'string' ? error.fix : undefined;
  return { code, message: error.message, fix };
}

/** The exit code that an error asks for. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof CommandFailure) return error.options.exitCode ?? EXIT.failed;
  return EXIT.failed;
}
