import { AirlockError } from '@airlock/protocol';

/** Codes of calls that this adapter refuses by itself: what they would do cannot be told or shown. */
export const ADAPTER_CODES = [
  'canary',
  'cwd_unknown',
  'event_unknown',
  'file_changed',
  'file_too_large',
  'file_unreadable',
  'input_invalid',
  'path_invalid',
  'program_changed',
  'settings_refused',
] as const;
/** One of {@link ADAPTER_CODES}. */
export type AdapterCode = (typeof ADAPTER_CODES)[number];

/** A call that is refused before policy and human are asked. `message` says what and why, `fix` what to do next. */
export class AdapterFailure extends AirlockError<AdapterCode> {
  override readonly name = 'AdapterFailure';
  readonly fix: string | undefined;

  constructor(code: AdapterCode, message: string, options: { readonly fix?: string; readonly cause?: unknown } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix;
  }
}

/** Code, message and advice of anything thrown; every error of ours has a string `code`. */
export interface Coded {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** Reads an error of any of our packages; whatever else is thrown is an `internal_error`. */
export function readCoded(thrown: unknown): Coded {
  if (!(thrown instanceof Error)) return { code: 'internal_error', message: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'internal_error';
  const fix = 'fix' in thrown && typeof thrown.fix === 'string' ? { fix: thrown.fix } : {};
  return { code, message: thrown.message, ...fix };
}
