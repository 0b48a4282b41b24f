/** How a text is shown: `command` as printable ASCII only, `text` (diffs, prose) also with letters and digits of any script. */
export type RenderMode = 'command' | 'text';

const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u;
/** Letters by category that are blank, that modify a neighbour, or that pass for ASCII punctuation. */
const DECEPTIVE = /^[\p{Default_Ignorable_Code_Point}\p{Lm}\u01c0-\u01c3\u1400-\u167f]$/u;
const BIDI_CONTROL = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/u;
const RIGHT_TO_LEFT =
  /^[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}]$/u;
const BLANK = /^[\p{Zs}\t\p{Default_Ignorable_Code_Point}\u2800]$/u;
const LINE_BREAK = /^[\n\v\f\r\u0085\u2028\u2029]$/u;

/** U+0020 to U+007E. */
export function isPrintableAscii(point: number): boolean {
  return point >= 0x20 && point <= 0x7e;
}

/** A non-ASCII letter or digit that text mode may show as it is. */
export function isShownLetter(character: string): boolean {
  return LETTER_OR_DIGIT.test(character) && !DECEPTIVE.test(character);
}

/** C0, DEL and C1 controls and the two Unicode separators; TAB and LF are ordinary text. */
export function isControl(point: number): boolean {
  if (point === 0x09 || point === 0x0a) return false;
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point === 0x2028 || point === 0x2029;
}

/** ESC, and the C1 forms of DCS, SOS, CSI, ST, OSC, PM and APC. */
export function isTerminalEscape(point: number): boolean {
  return point === 0x1b || [0x90, 0x98, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f].includes(point);
}

/** A character that reorders its neighbours. */
export function isBidi(character: string): boolean {
  return BIDI_CONTROL.test(character) || RIGHT_TO_LEFT.test(character);
}

/** A character that leaves no ink. */
export function isBlank(character: string): boolean {
  return BLANK.test(character);
}

/** A character that starts a new line somewhere. */
export function isLineBreak(character: string): boolean {
  return LINE_BREAK.test(character);
}
