/** What the lexer reads: a string, or whatever counts how often it is looked at. */
export type Characters = Pick<string, 'length' | 'charAt'>;

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Plain in every position of an unquoted word of bash, dash and zsh, whatever options are set. */
const PLAIN = new Set(`${LETTERS_AND_DIGITS}_-./,:@%+`);

/** Between these and what follows, `=` stays a plain character: zsh expands `=name` at the start of a word and behind `:`. */
const BEFORE_EQUALS = new Set(`${LETTERS_AND_DIGITS}_-.`);

/** Behind these `~` is no tilde expansion: that is one at the start of a word, behind `=` and behind `:`. */
const BEFORE_TILDE = new Set(LETTERS_AND_DIGITS);

/** Characters of a command word; the first one must be of {@link isCommandStart} as well. */
const COMMAND = new Set(`${LETTERS_AND_DIGITS}_-./+`);
const COMMAND_START = new Set(`${LETTERS_AND_DIGITS}_./`);

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** TAB and 0x20 to 0x7E: all that a line may consist of. */
export function isAccepted(character: string): boolean {
  const code = character.charCodeAt(0);
  return character === '\t' || (code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE);
}

/** Separates words. */
export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

/** Begins an operator, and so ends a word. */
export function isOperator(character: string): boolean {
  return character === '&' || character === '|' || character === ';';
}

/** Stands for itself in an unquoted word, `previous` being the unquoted character before it, or '' where there is none. */
export function isPlain(character: string, previous: string): boolean {
  if (character === '=') return BEFORE_EQUALS.has(previous);
  if (character === '~') return BEFORE_TILDE.has(previous);
  return PLAIN.has(character);
}

/** May stand in a command word. */
export function isCommandCharacter(character: string): boolean {
  return COMMAND.has(character);
}

/** May begin a command word: `-`, `+` and `%` are modifiers, options and jobs there. */
export function isCommandStart(character: string): boolean {
  return COMMAND_START.has(character);
}

/** Whether a text consists of such characters only; so does an empty one. */
export function isMadeOf(text: string, accepts: (character: string) => boolean): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!accepts(text.charAt(at))) return false;
  }
  return true;
}
