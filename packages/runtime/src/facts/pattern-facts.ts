import type { PolicyPattern } from '@airlock/protocol';

/** Where a new pattern is to hold. */
export interface PatternPlace {
  /** Folder; its real path is pinned. */
  readonly cwd: string;
  /** Name or path of the shell that reads the command; without one only calls without a shell match. */
  readonly shell?: string;
  /** Environment of the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Home of the user; that of the password database by default. */
  readonly home?: string;
}

/**
 * Pins a pattern to what its command would run at this moment.
 *
 * @throws FactsError `pattern_invalid`, or a code of the search for program and interpreters
 */
export async function patternFacts(_text: string, _place: PatternPlace): Promise<PolicyPattern> {
  throw new TypeError('not built yet');
}
