import { type Characters, isAccepted, isCommandCharacter, isCommandStart, isMadeOf } from './characters.js';
import { type Refusal, refuse } from './refusal.js';
import { isHarmlessPrintf, REFUSED_BUILTINS, RESERVED_WORDS } from './shell-words.js';
import { type Operator, type Redirection, type Token, tokenize } from './tokens.js';

/** Characters of a line at most. */
export const MOST_CHARACTERS = 4096;
/** Simple commands of a line at most. */
export const MOST_COMMANDS = 16;

/** One simple command as the lexer read it. */
export interface ParsedCommand {
  /** What joins it to the command before; absent for the first one. */
  readonly operator: Operator | undefined;
  /** At least the command word. */
  readonly argv: readonly string[];
  readonly redirections: readonly Redirection[];
}

/** A list of simple commands, or why a line is none. */
export type ParsedLine = { readonly ok: true; readonly commands: readonly ParsedCommand[] } | Refusal;

/**
 * Reads a line without its final newline as a list of simple commands: the only place that can say so. Linear in the
 * length of the line.
 */
export function parseLine(line: Characters): ParsedLine {
  if (line.length > MOST_CHARACTERS) return refuse('too_long');
  const strange = firstStrange(line);
  if (strange !== undefined) return strange;
  const cut = tokenize(line);
  return cut.ok ? assemble(cut.tokens) : cut;
}

function firstStrange(line: Characters): Refusal | undefined {
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\n') return refuse('operator', 'newline');
    if (!isAccepted(character)) return refuse('character', nameOf(character));
  }
  return undefined;
}

function nameOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

interface Draft {
  readonly operator: Operator | undefined;
  readonly words: Extract<Token, { kind: 'word' }>[];
  readonly redirections: Redirection[];
}

function assemble(tokens: readonly Token[]): ParsedLine {
  if (tokens.length === 0) return refuse('empty');
  const commands: ParsedCommand[] = [];
  let draft: Draft = { operator: undefined, words: [], redirections: [] };
  for (const token of tokens) {
    switch (token.kind) {
      case 'word':
        draft.words.push(token);
        break;
      case 'redirection':
        if (draft.words.length === 0) return refuse('redirection', token.text);
        draft.redirections.push(token.text);
        break;
      case 'operator': {
        const command = finish(draft, token.text);
        if (!command.ok) return command;
        commands.push(command.value);
        if (commands.length === MOST_COMMANDS) return refuse('too_many_commands');
        draft = { operator: token.text, words: [], redirections: [] };
      }
    }
  }
  const last = finish(draft, draft.operator);
  return last.ok ? { ok: true, commands: [...commands, last.value] } : last;
}

/** `beside` is the operator that would stand alone, were the command empty. */
function finish(draft: Draft, beside: Operator | undefined): { ok: true; value: ParsedCommand } | Refusal {
  const [first, ...rest] = draft.words;
  if (first === undefined) return refuse('operator', beside);
  const argv = [first.text, ...rest.map((word) => word.text)];
  const refusal = checkCommandWord(first.text, first.isQuoted);
  if (refusal !== undefined) return refusal;
  if (first.text === 'printf' && !isHarmlessPrintf(argv.slice(1))) return refuse('builtin', first.text);
  return { ok: true, value: { operator: draft.operator, argv, redirections: draft.redirections } };
}

/** The command word decides who reads the rest, so that it is unquoted and of few characters. */
function checkCommandWord(word: string, isQuoted: boolean): Refusal | undefined {
  if (word.includes('=')) return refuse('assignment', word);
  if (isQuoted) return refuse('quoting', word);
  if (RESERVED_WORDS.has(word)) return refuse('reserved_word', word);
  if (REFUSED_BUILTINS.has(word)) return refuse('builtin', word);
  const isName = isCommandStart(word.charAt(0)) && isMadeOf(word, isCommandCharacter);
  // Under AUTO_CD the name of a folder is a change of directory.
  const isFolder = word.endsWith('/') || word.endsWith('/.') || word.endsWith('/..') || word === '..';
  return isName && !isFolder ? undefined : refuse('character', word);
}
