import { linesOf, NO_NEWLINE } from './difference.js';

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n$/;

/** One hunk as it stands in a text. */
interface Hunk {
  /** Lines in front of it, before and after. */
  readonly preceding: readonly [number, number];
  readonly old: readonly string[];
  readonly new: readonly string[];
}

/**
 * What the hunks of a unified diff make of a text, or null when they do not fit it exactly: every context and removed
 * line in its place, every position and count right.
 */
export function applyDifference(before: string, hunks: string): string | null {
  const source = linesOf(before);
  const parts: (readonly string[])[] = [];
  let used = 0;
  let made = 0;
  for (const rows of hunkRows(hunks)) {
    const hunk = readHunk(rows);
    if (hunk === null) return null;
    const [from, to] = hunk.preceding;
    if (from < used || from > source.length || made + from - used !== to) return null;
    if (hunk.old.some((line, index) => line !== source[from + index])) return null;
    parts.push(source.slice(used, from), hunk.new);
    used = from + hunk.old.length;
    made = to + hunk.new.length;
  }
  const lines = [...parts.flat(), ...source.slice(used)];
  return lines.every((line, index) => isLine(line, index === lines.length - 1)) ? lines.join('') : null;
}

/** A line that lost its line feed before the end would run into the next one, unlike what the hunk shows. */
function isLine(line: string, isLast: boolean): boolean {
  return line.endsWith('\n') || (isLast && line !== '');
}

/** Lines of a text of hunks, one list per hunk; every line of content has a sign in front, so only a header has the `@`. */
function hunkRows(hunks: string): readonly (readonly string[])[] {
  const all: string[][] = [];
  for (const row of linesOf(hunks)) {
    const last = all.at(-1);
    if (row.startsWith('@') || last === undefined) all.push([row]);
    else last.push(row);
  }
  return all;
}

function readHunk([head = '', ...rows]: readonly string[]): Hunk | null {
  const [, oldStart, oldCount = '1', newStart, newCount = '1'] = HEADER.exec(head) ?? [];
  if (oldStart === undefined || newStart === undefined) return null;
  const lines = signedLines(rows);
  const [old, added] = [linesWithout('+', lines), linesWithout('-', lines)];
  if (lines.some((line) => !/^[ +-]/.test(line))) return null;
  if (old.length !== Number(oldCount) || added.length !== Number(newCount)) return null;
  return { preceding: [position(oldStart, oldCount), position(newStart, newCount)], old, new: added };
}

/** A range of no lines names the line in front of it. */
function position(start: string, count: string): number {
  return count === '0' ? Number(start) : Number(start) - 1;
}

/** Lines with their signs; one that the marker follows loses its line feed. */
function signedLines(rows: readonly string[]): readonly string[] {
  return rows.flatMap((row, index) => {
    if (row === NO_NEWLINE) return index === 0 ? [row] : [];
    return rows[index + 1] === NO_NEWLINE ? [row.slice(0, -1)] : [row];
  });
}

function linesWithout(sign: '+' | '-', lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.startsWith(sign)).map((line) => line.slice(1));
}
