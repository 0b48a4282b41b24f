import type { SimpleCommand } from '../command/lex.js';
import { isHarmless } from './extra-words/table.js';

/** Filters that read their standard input as data and write nothing but their output. */
const FILTERS: ReadonlySet<string> = new Set(['cat', 'head', 'tail', 'wc', 'grep', 'cut', 'tr', 'nl']);

/**
 * Whether it does not matter what an approved command reads from a pipe: what it prints may, what it does must not depend
 * on it. Long options of a filter may name files that hold further words, as `--files0-from` does.
 */
export function mayBePiped(command: SimpleCommand): boolean {
  const [program = '', ...words] = command.argv;
  return isHarmless(command.argv) || (FILTERS.has(program) && !words.some((word) => word.startsWith('--')));
}
