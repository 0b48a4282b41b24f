import { parseAgreed } from '../command/lex.js';
import { wordList } from '../command/word-list.js';
import { isHarmless } from './extra-words/table.js';
import { programKind } from './programs/program-kind.js';
import type { MatchReason } from './reasons.js';

/** A pattern that passed validation (ENF-175). */
export interface ReadPattern {
  readonly argv: readonly string[];
  /** Extra words of the fixed allow-list of this subcommand are accepted. */
  readonly allowsExtra: boolean;
}

/** A pattern, or why it approves nothing. */
export type PatternReading =
  | { readonly ok: true; readonly pattern: ReadPattern }
  | { readonly ok: false; readonly reason: Exclude<MatchReason, 'match'>; readonly message: string };

/** Words that take or announce a program as text, of any program. */
const EVALUATING_WORDS: ReadonlySet<string> = new Set(['-c', '-e', '--eval', '-']);
/** The same, of interpreters. */
const EVALUATING_OPTIONS: ReadonlySet<string> = new Set(
  wordList('--print --run --execute --exec --expr --expression --command --source'),
);

const WILDCARD = ' *';

/**
 * Validates a pattern: the words of one simple command in the lexer's own language, optionally followed by ` *`. Done at
 * creation and at load (ENF-175).
 */
export function readPattern(text: string): PatternReading {
  if (text.startsWith('/') && text.endsWith('/')) return invalid('it looks like a regular expression');
  const isOpen = text.endsWith(WILDCARD);
  const line = parseAgreed(isOpen ? text.slice(0, -WILDCARD.length) : text);
  if (!line.ok) {
    const found = line.detail === undefined ? '' : ` \`${line.detail}\``;
    return line.reason === 'builtin'
      ? tooBroad(`${found.trim()} changes the shell or evaluates its words`)
      : invalid(`it is no simple command as Airlock reads them: ${line.reason}${found}`);
  }
  const [command, ...more] = line.commands;
  if (command === undefined || more.length > 0) return invalid('it is more than one command');
  if (command.redirections.length > 0) return invalid('it redirects; a pattern is words only');
  return readPatternWords(command.argv, isOpen);
}

/**
 * As {@link readPattern} for words that are already apart. `isOpen` demands that further words be allowed; without it they
 * are allowed where there is a list for them.
 */
export function readPatternWords(argv: readonly string[], isOpen: boolean): PatternReading {
  if (argv.length === 0) return invalid('it names no program');
  const objection = objectionTo(argv, isOpen);
  if (objection !== undefined) return tooBroad(objection);
  const allowsExtra = isHarmless(argv);
  if (isOpen && !allowsExtra) return tooBroad(`no list says which further words of \`${argv.join(' ')}\` are harmless`);
  return { ok: true, pattern: { argv, allowsExtra } };
}

/** Why words are no pattern, whatever the list says (ENF-175). */
function objectionTo(argv: readonly string[], isOpen: boolean): string | undefined {
  const [program = '', ...words] = argv;
  const evaluating = words.find((word) => EVALUATING_WORDS.has(optionName(word)));
  if (evaluating !== undefined) return `\`${evaluating}\` announces a program that no pattern can judge`;
  const kind = programKind(program);
  switch (kind.kind) {
    case 'plain':
      return undefined;
    case 'shell':
      return `\`${program}\` is a shell`;
    case 'interpreter':
      return objectionToPrograms(argv, isOpen) ?? objectionToText(words, kind.evaluates);
    case 'wrapper':
      return objectionToPrograms(argv, isOpen) ?? objectionToWrapped(words);
  }
}

function objectionToPrograms(argv: readonly string[], isOpen: boolean): string | undefined {
  const [program = ''] = argv;
  if (argv.length === 1) return `\`${program}\` alone says nothing about what it runs`;
  return isOpen ? `\`${program}\` runs other programs, so that nothing may follow` : undefined;
}

/** An interpreter that is given its program as a word, in any spelling: `-e'…'`, `-ne`, `--print=…`. */
function objectionToText(words: readonly string[], evaluates: string): string | undefined {
  const letters = Array.from(evaluates);
  const evaluating = words.find((word) =>
    word.startsWith('--')
      ? EVALUATING_OPTIONS.has(optionName(word))
      : word.startsWith('-') && letters.some((letter) => word.includes(letter)),
  );
  return evaluating === undefined ? undefined : `\`${evaluating}\` may hold a program`;
}

/** A word without the value that may follow a `=`. */
function optionName(word: string): string {
  const [name = ''] = word.split('=', 1);
  return name;
}

/** The same for a shell or an interpreter that is somewhere behind a wrapper. */
function objectionToWrapped(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const kind = programKind(word);
    const rest = words.slice(index + 1);
    if (kind.kind === 'shell') return `\`${word}\` is a shell`;
    if (kind.kind !== 'interpreter') continue;
    if (rest.length === 0) return `\`${word}\` alone reads its program from its input`;
    const objection = objectionToText(rest, kind.evaluates);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function invalid(message: string): PatternReading {
  return { ok: false, reason: 'pattern_invalid', message };
}

function tooBroad(message: string): PatternReading {
  return { ok: false, reason: 'pattern_too_broad', message };
}
