import { diffArrays } from 'diff';

/** Unchanged lines shown around a change. */
const CONTEXT = 3;
/** Lines removed and added above which the shortest edit is not looked for: it takes the square of that. */
const MAX_EDIT_LINES = 1000;
/** Stands behind a line that has no line feed. */
export const NO_NEWLINE = '\\ No newline at end of file\n';

interface Row {
  readonly sign: ' ' | '-' | '+';
  /** With its line feed, if it has one. */
  readonly line: string;
}

/** A stretch of rows that is shown, `to` exclusive. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The hunks of the unified diff between two texts; empty for equal texts. There are no file headers, so that every line
 * is told by its first character alone. Only a line feed ends a line: all other characters, carriage returns among
 * them, are content.
 */
export function difference(before: string, after: string): string {
  const rows = changedRows(linesOf(before), linesOf(after));
  let shown = 0;
  let lines: Counts = { before: 0, after: 0 };
  let text = '';
  for (const { from, to } of stretches(rows)) {
    lines = plus(lines, count(rows.slice(shown, from)));
    const own = rows.slice(from, to);
    text += hunk(own, lines);
    lines = plus(lines, count(own));
    shown = to;
  }
  return text;
}

/** The lines of a text, each with its line feed; only the last may have none. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** All lines of both texts in an order that makes either of them. */
function changedRows(before: readonly string[], after: readonly string[]): readonly Row[] {
  const head = commonStart(before, after);
  const tail = commonStart(before.slice(head).reverse(), after.slice(head).reverse());
  return [
    ...rowsOf(' ', before.slice(0, head)),
    ...middleRows(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...rowsOf(' ', before.slice(before.length - tail)),
  ];
}

function middleRows(before: readonly string[], after: readonly string[]): readonly Row[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MAX_EDIT_LINES });
  if (changes === undefined) return [...rowsOf('-', before), ...rowsOf('+', after)];
  return changes.flatMap(({ added, removed, value }) => rowsOf(signOf(added, removed), value));
}

function signOf(added: boolean, removed: boolean): Row['sign'] {
  if (added) return '+';
  return removed ? '-' : ' ';
}

function rowsOf(sign: Row['sign'], lines: readonly string[]): readonly Row[] {
  return lines.map((line) => ({ sign, line }));
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((line, index) => line !== other[index]);
  return end === -1 ? one.length : end;
}

/** Changed rows with the unchanged ones around them, those that would touch joined. */
function stretches(rows: readonly Row[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const [index, { sign }] of rows.entries()) {
    if (sign === ' ') continue;
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(rows.length, index + CONTEXT + 1);
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) found[found.length - 1] = { from: last.from, to };
    else found.push({ from, to });
  }
  return found;
}

/** Lines of the text before and of the text after. */
interface Counts {
  readonly before: number;
  readonly after: number;
}

function count(rows: readonly Row[]): Counts {
  const without = (sign: Row['sign']) => rows.filter((row) => row.sign !== sign).length;
  return { before: without('+'), after: without('-') };
}

function plus(one: Counts, other: Counts): Counts {
  return { before: one.before + other.before, after: one.after + other.after };
}

/** @param preceding lines in front of the hunk */
function hunk(rows: readonly Row[], preceding: Counts): string {
  const { before, after } = count(rows);
  const header = `@@ -${range(preceding.before, before)} +${range(preceding.after, after)} @@\n`;
  return (
    header + rows.map(({ sign, line }) => `${sign}${line}${line.endsWith('\n') ? '' : `\n${NO_NEWLINE}`}`).join('')
  );
}

/** A range of no lines is named by the line in front of it, a range of one without its length. */
function range(preceding: number, length: number): string {
  if (length === 0) return `${preceding},0`;
  return length === 1 ? String(preceding + 1) : `${preceding + 1},${length}`;
}
