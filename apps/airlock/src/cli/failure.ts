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

/** What helps against failures of the file system, by `errno`. */
const FILE_ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space there, then type the command again',
  EDQUOT: 'free some space there, then type the command again',
};

/** A failed system call: Node's message starts with its code, and says which path. */
function readSystemError(error: Error, code: string): Coded {
  const message = error.message.startsWith(`${code}: `) ? error.message.slice(code.length + 2) : error.message;
  const other = !('path' in error) ? undefined : 'make that path usable, or set AIRLOCK_HOME to a folder of yours';
  return { code, message, fix: FILE_ADVICE[code] ?? other };
}

/** What every error class of the packages has in common: a stable string code and a message. */
export function readCoded(error: unknown): Coded {
  if (error instanceof CommandFailure) return { code: error.code, message: error.message, fix: error.options.fix };
  if (!(error instanceof Error)) return { code: 'internal_error', message: String(error), fix: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal_error';
  if ('syscall' in error) return readSystemError(error, code);
  const fix = 'fix' in error && typeof error.fix === 'string' ? error.fix : undefined;
  return { code, message: error.message, fix };
}

/** The exit code that an error asks for. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof CommandFailure) return error.options.exitCode ?? EXIT.failed;
  return EXIT.failed;
}
