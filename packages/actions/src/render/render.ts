import { isPrintableAscii, isShownLetter, type RenderMode } from './alphabet.js';
import { type RiskMark, orderedMarks } from './marks.js';
import { lineMarks } from '../command/command-marks.js';
import { characterMarks } from './text-marks.js';
import { isDeceptiveWord } from './words.js';

/** A text as the card shows it. */
export interface Rendered {
  /** Printable text without any line break of its own; `unrender(text)` is the raw text. */
  readonly text: string;
  /** What the characters of the text warn about; in command mode also what it would do as a command line. */
  readonly marks: readonly RiskMark[];
  /** UTF-8 bytes of the raw text. */
  readonly bytes: number;
  /** Lines of the raw text; an empty text has one. */
  readonly lines: number;
}

/** Longest run of spaces that is shown as spaces. */
const MAX_SPACES = 8;
const RUN = /\n+|\t+| +|[\p{L}\p{Nd}]+|[\s\S]/gu;

/**
 * Shows a text so that two different texts never look alike (INV-40, SECURITY-NOTES 5). Everything outside the
 * alphabet of the mode becomes a token: `\u{202E}` a code point, `\x{D83D}` a lone surrogate, `\n{3}`, `\t{2}` and
 * `\s{80}` runs of line feeds, tabs and spaces, `\\` a backslash. Nothing is elided.
 */
export function render(raw: string, mode: RenderMode): Rendered {
  const marks = new Set(characterMarks(raw));
  if (mode === 'command') for (const mark of lineMarks(raw)) marks.add(mark);
  return { ...renderValue(raw, mode), marks: orderedMarks(marks) };
}

/** {@link render} without the marks that a text has only as a command line. */
export function renderValue(raw: string, mode: RenderMode): Rendered {
  const text = raw.replace(RUN, (run, offset: number) => renderRun(run, mode, endsLine(raw, offset + run.length)));
  return {
    text,
    marks: orderedMarks(new Set(characterMarks(raw))),
    bytes: new TextEncoder().encode(raw).length,
    lines: raw.split('\n').length,
  };
}

const PIECE = /\\n\{\d+\}|\\\\|[^\\]|\\/gu;

/** Cuts a rendered text after each of its line-feed tokens, for display only: joining the pieces gives it back. */
export function displayLines(rendered: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [piece] of rendered.matchAll(PIECE)) {
    line += piece;
    if (!piece.startsWith('\\n{')) continue;
    lines.push(line);
    line = '';
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function renderRun(run: string, mode: RenderMode, isLineEnd: boolean): string {
  switch (run.charAt(0)) {
    case '\n':
      return `\\n{${run.length}}`;
    case '\t':
      return `\\t{${run.length}}`;
    case ' ':
      return run.length > MAX_SPACES || isLineEnd ? `\\s{${run.length}}` : run;
    case '\\':
      return '\\\\';
    default:
      return mode === 'text' && !isDeceptiveWord(run) ? renderLetters(run) : renderEach(run, isPrintableAscii);
  }
}

function renderLetters(run: string): string {
  return renderEach(run, (point, character) => isPrintableAscii(point) || isShownLetter(character));
}

function renderEach(run: string, isShown: (point: number, character: string) => boolean): string {
  return Array.from(run, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (isShown(point, character)) return character;
    const name = point >= 0xd800 && point <= 0xdfff ? 'x' : 'u';
    return `\\${name}{${point.toString(16).toUpperCase()}}`;
  }).join('');
}

function endsLine(raw: string, end: number): boolean {
  return end === raw.length || raw.charAt(end) === '\n';
}
