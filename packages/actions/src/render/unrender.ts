import { ActionError } from '../errors.js';

const TOKEN = /\\(?:\\|([nts])\{([1-9]\d{0,8})\}|u\{([0-9A-F]{1,6})\}|x\{(D[89A-F][0-9A-F]{2})\})|[^\\]/gu;
const REPEATED: Readonly<Record<string, string>> = { n: '\n', t: '\t', s: ' ' };

/**
 * The raw text that {@link render} was given.
 * @throws ActionError `not_a_rendering` for a text that no raw text renders to
 */
export function unrender(text: string): string {
  let end = 0;
  let raw = '';
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== end) break;
    end += match[0].length;
    raw += rawOf(match);
  }
  if (end !== text.length) throw new ActionError('not_a_rendering', 'The text holds a malformed token');
  return raw;
}

function rawOf([whole, blank, count, point, surrogate]: RegExpExecArray): string {
  if (blank !== undefined) return (REPEATED[blank] ?? '').repeat(Number(count));
  if (point !== undefined) return codePoint(Number.parseInt(point, 16));
  if (surrogate !== undefined) return String.fromCharCode(Number.parseInt(surrogate, 16));
  return whole === '\\\\' ? '\\' : whole;
}

function codePoint(point: number): string {
  if (point > 0x10ffff) throw new ActionError('not_a_rendering', 'A token names no code point');
  return String.fromCodePoint(point);
}
