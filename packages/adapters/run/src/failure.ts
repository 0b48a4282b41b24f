import { FACTS_CODES } from '@airlock/runtime/client';
import { RUN_EXIT } from './exit-codes.js';

/** Codes of everything that keeps a command from being asked about or executed on this side of the daemon. */
export const RUN_CODES = [
  ...FACTS_CODES,
  'argument_not_utf8',
  'environment_not_utf8',
  'working_directory_gone',
  'program_changed',
  'working_directory_changed',
  'nested_run',
  'usage',
] as const;

/** One of {@link RUN_CODES}. */
export type RunCode = (typeof RUN_CODES)[number];

interface RunFailureOptions {
  readonly exitCode?: number;
  /** What to type or change next. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** A command that is not asked about or not executed, with the exit code that says so. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  readonly code: RunCode;
  readonly exitCode: number;
  readonly fix: string | undefined;

  constructor(code: RunCode, message: string, options: RunFailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? RUN_EXIT.failed;
    this.fix = options.fix;
  }
}

/** The `errno` name of a failed system call, or undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Code, message and advice of anything thrown; every error of ours has a string `code`. */
export interface Coded {
  readonly code: string;
  readonly message: string;
  readonly fix: string | undefined;
}

/** Reads an error of any of our packages; whatever else is thrown is an `internal_error`. */
export function readCoded(thrown: unknown): Coded {
  if (!(thrown instanceof Error)) return { code: 'internal_error', message: String(thrown), fix: undefined };
  const fix = 'fix' in thrown && typeof thrown.fix === 'string' ? thrown.fix : undefined;
  return { code: errnoOf(thrown) ?? 'internal_error', message: thrown.message, fix };
}
