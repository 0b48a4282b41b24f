import { type Characters, isBlank, isOperator, isPlain } from './characters.js';
import { type Refusal, refuse } from './refusal.js';

/** What joins two commands. */
export type Operator = '&&' | '||' | '|' | ';';

/** The only redirections; each is a whole token. */
export const REDIRECTIONS = ['2>&1', '1>&2', '>/dev/null', '2>/dev/null'] as const;
/** One of {@link REDIRECTIONS}. */
export type Redirection = (typeof REDIRECTIONS)[number];

/** The smallest parts of a line. */
export type Token =
  /** A word without its quotes; `isQuoted` when it had any. */
  | { readonly kind: 'word'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'operator'; readonly text: Operator }
  | { readonly kind: 'redirection'; readonly text: Redirection };

/** A token, or a piece of a word, and where the next one may begin. */
type Read<T> = { readonly ok: true; readonly value: T; readonly next: number } | Refusal;

const EXPANSIONS = '$`*?[]{}^~!=';
const GROUPS = '()';
const REDIRECTS = '<>';

/** What a character that is not plain may mean to a shell. */
function meaningOf(character: string): Refusal['reason'] {
  if (EXPANSIONS.includes(character)) return 'expansion';
  if (GROUPS.includes(character)) return 'operator';
  if (REDIRECTS.includes(character)) return 'redirection';
  return character === '\\' ? 'quoting' : 'character';
}

/**
 * Cuts a line into words, operators and redirections. A step looks at a bounded number of characters and moves ahead by at
 * least one of them. Expects only accepted characters.
 */
export function tokenize(line: Characters): { readonly ok: true; readonly tokens: readonly Token[] } | Refusal {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const character = line.charAt(at);
    if (isBlank(character)) {
      at += 1;
      continue;
    }
    const token = isOperator(character) ? readOperator(line, at) : (readRedirection(line, at) ?? readWord(line, at));
    if (!token.ok) return token;
    tokens.push(token.value);
    at = token.next;
  }
  return { ok: true, tokens };
}

function readOperator(line: Characters, at: number): Read<Token> {
  const character = line.charAt(at);
  const pair = character + line.charAt(at + 1);
  if (pair === '&&' || pair === '||') return { ok: true, value: { kind: 'operator', text: pair }, next: at + 2 };
  if (pair === '&>') return refuse('redirection', pair);
  if (character === '&' || pair === '|&' || pair === ';;' || pair === ';&' || pair === ';|') {
    return refuse('operator', pair.trim());
  }
  const text = character === '|' ? '|' : ';';
  return { ok: true, value: { kind: 'operator', text }, next: at + 1 };
}

/** A redirection counts only as a whole token: `2>&1x` and `>/dev/null/../x` are none. */
function readRedirection(line: Characters, at: number): Read<Token> | null {
  for (const text of REDIRECTIONS) {
    const next = at + text.length;
    if (startsWith(line, at, text) && isTokenEnd(line, next)) {
      return { ok: true, value: { kind: 'redirection', text }, next };
    }
  }
  return null;
}

function startsWith(line: Characters, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (line.charAt(at + index) !== text.charAt(index)) return false;
  }
  return true;
}

function isTokenEnd(line: Characters, at: number): boolean {
  const character = line.charAt(at);
  return character === '' || isBlank(character) || isOperator(character);
}

function readWord(line: Characters, start: number): Read<Token> {
  let at = start;
  let text = '';
  let isQuoted = false;
  /** The unquoted character before `at`; '' at the start and behind a quote. */
  let previous = '';
  while (!isTokenEnd(line, at)) {
    const character = line.charAt(at);
    if (character === "'" || character === '"') {
      const quoted = character === "'" ? readSingleQuoted(line, at) : readDoubleQuoted(line, at);
      if (!quoted.ok) return quoted;
      text += quoted.value;
      isQuoted = true;
      previous = '';
      at = quoted.next;
    } else if (isPlain(character, previous)) {
      text += character;
      previous = character;
      at += 1;
    } else {
      return refuse(meaningOf(character), character);
    }
  }
  return { ok: true, value: { kind: 'word', text, isQuoted }, next: at };
}

/** From `'` to the next one. Two of these must not touch: under RC_QUOTES zsh reads `''` inside as a quote character. */
function readSingleQuoted(line: Characters, start: number): Read<string> {
  const quoted = readUntil(line, start, "'");
  if (quoted.ok && line.charAt(quoted.next) === "'") return refuse('quoting', "''");
  return quoted;
}

function readDoubleQuoted(line: Characters, start: number): Read<string> {
  return readUntil(line, start, '"');
}

/** The text between the quote character at `start` and the next one. */
function readUntil(line: Characters, start: number, quote: "'" | '"'): Read<string> {
  let text = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === quote) return { ok: true, value: text, next: at + 1 };
    if (character === '\\') return refuse('quoting', character);
    if (character === '!') return refuse('expansion', character);
    if (quote === '"' && (character === '$' || character === '`')) return refuse('expansion', character);
    text += character;
  }
  return refuse('quoting', quote);
}
