import { isMadeOf } from '../../command/characters.js';

/** What may stand behind the words of one subcommand without doing anything but reading and printing (ENF-170). */
export interface ExtraWords {
  /** The subcommand: the first words of a command. */
  readonly command: readonly string[];
  /** Flags as they are typed, whole. */
  readonly flags: readonly string[];
  /** One-letter flags that may also be joined: `sb` accepts `-s`, `-b`, `-sb`. */
  readonly letters: string;
  /** Flags with a number: `-n` accepts `-n5` and `-n 5`, `--skip` accepts `--skip=5`. */
  readonly numbers: readonly string[];
  /** A number may itself be a flag: `-5`. */
  readonly isCounted: boolean;
  /** Words that are no flags: none, relative paths, revisions and relative paths, or anything at all. */
  readonly operands: 'none' | 'paths' | 'revisions' | 'anything';
}

const DIGITS = new Set('0123456789');
const MOST_DIGITS = 6;

const PATH_START = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@');
const PATH = new Set([...PATH_START, '-', '/', '+', ',', '=', '%']);
const REVISION = new Set([...PATH, '~', '^', '{', '}']);

/**
 * The first of these words that is not allowed, or undefined when all are. A flag that waits for its number at the end is
 * not allowed either: whatever came next would be its value.
 */
export function firstRefusedWord(allowed: ExtraWords, words: readonly string[]): string | undefined {
  if (allowed.operands === 'anything') return undefined;
  let waiting: string | undefined;
  let onlyPaths = false;
  for (const word of words) {
    if (waiting !== undefined) {
      if (!isNumber(word)) return word;
      waiting = undefined;
    } else if (!onlyPaths && word === '--' && allowed.operands !== 'none') {
      onlyPaths = true;
    } else if (!onlyPaths && takesNumber(allowed, word)) {
      waiting = word;
    } else if ((onlyPaths || !isFlag(allowed, word)) && !isOperand(onlyPaths ? 'paths' : allowed.operands, word)) {
      return word;
    }
  }
  return waiting;
}

function takesNumber(allowed: ExtraWords, word: string): boolean {
  return allowed.numbers.includes(word) && !word.startsWith('--');
}

function isFlag(allowed: ExtraWords, word: string): boolean {
  if (!word.startsWith('-')) return false;
  const rest = word.slice(1);
  return (
    allowed.flags.includes(word) ||
    (allowed.isCounted && isNumber(rest)) ||
    (rest !== '' && isMadeOf(rest, (letter) => allowed.letters.includes(letter))) ||
    allowed.numbers.some((flag) => {
      const start = flag.startsWith('--') ? `${flag}=` : flag;
      return word.startsWith(start) && isNumber(word.slice(start.length));
    })
  );
}

function isNumber(word: string): boolean {
  return word !== '' && word.length <= MOST_DIGITS && isMadeOf(word, (digit) => DIGITS.has(digit));
}

/** Nothing absolute, no home folder, no way up, no `-`, no `:` of a drive, a remote or a pathspec's magic. */
function isOperand(operands: ExtraWords['operands'], word: string): boolean {
  if (operands === 'none') return false;
  const characters = operands === 'paths' ? PATH : REVISION;
  return (
    PATH_START.has(word.charAt(0)) && !word.includes('..') && isMadeOf(word, (character) => characters.has(character))
  );
}
