import { RuntimeError, type RuntimeErrorOptions } from '../errors.js';

/** Codes of what cannot be found out about a command. */
export const FACTS_CODES = [
  'command_not_found',
  'not_executable',
  'interpreter_not_found',
  'interpreter_unsupported',
  'program_unreadable',
  'environment_not_bindable',
  'folder_not_found',
  'pattern_invalid',
] as const;
/** One of {@link FACTS_CODES}. */
export type FactsCode = (typeof FACTS_CODES)[number];

/** What a command would run cannot be told, so it can be neither bound nor pinned. */
export class FactsError extends RuntimeError<FactsCode> {
  override readonly name = 'FactsError';

  constructor(code: FactsCode, message: string, options: RuntimeErrorOptions = {}) {
    super(code, message, options);
  }
}

/** The `errno` name of a failed system call, or undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
