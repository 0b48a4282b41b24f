import { INTERPRETERS } from './interpreters.js';
import { SHELLS } from './shells.js';
import { WRAPPERS } from './wrappers.js';

/** What a program makes of its words, as far as that matters to a pattern. */
export type ProgramKind =
  | { readonly kind: 'shell' }
  /** `evaluates` are the letters of the options that take a program as text. */
  | { readonly kind: 'interpreter'; readonly evaluates: string }
  | { readonly kind: 'wrapper' }
  | { readonly kind: 'plain' };

const ENDINGS = ['.exe', '.cmd', '.bat', '.ps1'];
const VERSION = new Set('0123456789.-');

/**
 * The kind of a program, by its name alone. Only ever a reason to refuse, and so deliberately wide: without path, letter
 * case, ending and version.
 */
export function programKind(word: string): ProgramKind {
  const file = word.slice(word.lastIndexOf('/') + 1).toLowerCase();
  const ending = ENDINGS.find((part) => file.endsWith(part)) ?? '';
  const name = file.slice(0, file.length - ending.length);
  const bare = withoutVersion(name);
  if (SHELLS.has(name) || SHELLS.has(bare)) return { kind: 'shell' };
  const evaluates = INTERPRETERS.get(name) ?? INTERPRETERS.get(bare);
  if (evaluates !== undefined) return { kind: 'interpreter', evaluates };
  return WRAPPERS.has(name) || WRAPPERS.has(bare) ? { kind: 'wrapper' } : { kind: 'plain' };
}

function withoutVersion(name: string): string {
  let end = name.length;
  while (end > 0 && VERSION.has(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end);
}
