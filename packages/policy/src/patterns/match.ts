import { type CommandLine, lexCommandLine, type SimpleCommand } from '../command/lex.js';
import { firstRefusedWord } from './extra-words/extra-words.js';
import { extraWordsFor } from './extra-words/table.js';
import { mayBePiped } from './piped.js';
import { programKind } from './programs/program-kind.js';
import { type ReadPattern, readPattern } from './read-pattern.js';
import type { MatchReason } from './reasons.js';

export { type CommandLine, type LexedLine, lexCommandLine, type SimpleCommand } from '../command/lex.js';
export { type PatternReading, type ReadPattern, readPattern, readPatternWords } from './read-pattern.js';

/** Whether one pattern approves a command line (CLI `policy match`). */
export interface MatchResult {
  readonly approve: boolean;
  readonly reason: MatchReason;
  /** The word or character in question. */
  readonly detail?: string;
}

const MATCH: MatchResult = { approve: true, reason: 'match' };

/** Pattern, lexer and second opinion together; pins and protected targets are not part of it. */
export function matchCommandLine(pattern: string, line: CommandLine): MatchResult {
  const reading = readPattern(pattern);
  if (!reading.ok) return ask(reading.reason, reading.message);
  const lexed = lexCommandLine(line);
  if (!lexed.ok) return ask(lexed.reason, lexed.detail);
  for (const command of lexed.commands) {
    const result = matchWords(reading.pattern, command);
    if (!result.approve) return result;
  }
  return MATCH;
}

/** Whether a pattern covers one simple command: exact words, or words of the allow-list behind them (ENF-170). */
export function matchWords(pattern: ReadPattern, command: SimpleCommand): MatchResult {
  const { argv, isPiped } = command;
  if (!startsWith(argv, pattern.argv)) return otherCommand(argv, pattern.argv);
  if (argv.length > pattern.argv.length) {
    const allowed = pattern.allowsExtra ? extraWordsFor(pattern.argv) : undefined;
    if (allowed === undefined) return ask('extra_words', argv[pattern.argv.length]);
    // Those of the pattern too: one of them may take the next word as its value.
    const refused = firstRefusedWord(allowed, argv.slice(allowed.command.length));
    if (refused !== undefined) return ask('extra_words', refused);
  }
  return isPiped && !mayBePiped(command) ? ask('piped_input', argv[0]) : MATCH;
}

/** The words of a pattern that names none would be a start of everything. */
function startsWith(argv: readonly string[], start: readonly string[]): boolean {
  return start.length > 0 && start.every((word, index) => word === argv[index]);
}

function otherCommand(argv: readonly string[], expected: readonly string[]): MatchResult {
  const [program = ''] = argv;
  if (program === expected[0])
    return ask('no_match', argv.find((word, index) => word !== expected[index]) ?? expected[argv.length]);
  const { kind } = programKind(program);
  switch (kind) {
    case 'wrapper':
      return ask('wrapper', program);
    case 'interpreter':
    case 'shell':
      return ask('interpreter', program);
    case 'plain':
      return ask('no_match', program);
  }
}

function ask(reason: Exclude<MatchReason, 'match'>, detail: string | undefined): MatchResult {
  return detail === undefined ? { approve: false, reason } : { approve: false, reason, detail };
}
