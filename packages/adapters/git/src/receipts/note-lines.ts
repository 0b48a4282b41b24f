import { readReceipt, type Receipt } from '@airlock/protocol';

/** The lines of a note as they are, one character a byte, so that what others wrote there survives. */
export function noteLines(bytes: Uint8Array): readonly string[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

/** A line of text as {@link noteLines} gives it. */
export function asNoteLine(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The receipt of a line; null for everything else. */
export function receiptOf(line: string): Receipt | null {
  return readReceipt(Buffer.from(line, 'latin1').toString());
}

/** A note of these lines: sorted, each once, as `git notes merge -s cat_sort_uniq` leaves it. */
export function noteOf(lines: Iterable<string>): Uint8Array {
  const sorted = [...new Set(lines)].sort();
  return Buffer.from(sorted.map((line) => `${line}\n`).join(''), 'latin1');
}
