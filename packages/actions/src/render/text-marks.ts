import { isBidi, isBlank, isControl, isLineBreak, isPrintableAscii, isTerminalEscape } from './alphabet.js';
import type { RiskMark } from './marks.js';
import { isDeceptiveWord } from './words.js';

/** Blank characters in a row that count as padding, line feeds included. */
const PADDING = 9;
const MANY_LINE_FEEDS = /\n{3}/;

/** What the single characters of a text warn about, whatever the text means. */
export function characterMarks(raw: string): readonly RiskMark[] {
  const marks = new Set<RiskMark>();
  let blanks = 0;
  for (const character of raw) {
    if (character > ' ' && character < '\u007f') {
      blanks = 0;
      continue;
    }
    for (const mark of marksOf(character)) marks.add(mark);
    blanks = isBlank(character) || isLineBreak(character) ? blanks + 1 : 0;
    if (blanks >= PADDING) marks.add('padding');
  }
  if (MANY_LINE_FEEDS.test(raw)) marks.add('padding');
  if ((raw.match(/[\p{L}\p{Nd}]+/gu) ?? []).some(isDeceptiveWord)) marks.add('mixed-script');
  return [...marks];
}

function marksOf(character: string): readonly RiskMark[] {
  const point = character.codePointAt(0) ?? 0;
  const marks: RiskMark[] = [];
  if (point >= 0xd800 && point <= 0xdfff) marks.push('ill-formed');
  if (isTerminalEscape(point)) marks.push('terminal-escape');
  if (isControl(point)) marks.push('control');
  if (isLineBreak(character)) marks.push('multi-line');
  if (isBidi(character)) marks.push('bidi');
  if (isBlank(character) && character !== ' ' && character !== '\t') marks.push('invisible');
  if (!isPrintableAscii(point) && point > 0x9f) marks.push('non-ascii');
  return marks;
}
