import { AirlockError } from '@airlock/protocol';

/** Codes of calls that this server refuses by itself. */
export const SERVE_CODES = [
  'already_open',
  'input_invalid',
  'request_unknown',
  'too_many_calls',
  'too_many_open',
] as const;
/** One of {@link SERVE_CODES}. */
export type ServeCode = (typeof SERVE_CODES)[number];

/** A call of a tool that is refused before anybody is asked. `message` says what and why, `fix` what to do next. */
export class ServeFailure extends AirlockError<ServeCode> {
  override readonly name = 'ServeFailure';
  readonly fix: string | undefined;

  constructor(code: ServeCode, message: string, fix?: string) {
    super(code, message);
    this.fix = fix;
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

/** A failure whose advice can be typed on this machine. */
export function advisable(why: Coded, asTyped: (advice: string) => string): Coded {
  return why.fix === undefined ? why : { ...why, fix: asTyped(why.fix) };
}
