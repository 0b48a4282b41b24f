import type { Node } from 'jsonc-parser';

/** One place of a text that becomes another. */
export interface Change {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** What happens to one server: changes, or why none. */
export type Rewrite = { readonly changes: readonly Change[] } | { readonly left: string };

/** Where a node ends. */
export function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** A node exactly as it stands in the text. */
export function sourceOf(node: Node, text: string): string {
  return text.slice(node.offset, endOf(node));
}

/** JSON that fits in where it is to stand: with the indentation of the line that holds `offset`. */
export function indented(value: unknown, offset: number, text: string): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const margin = /^[ \t]*/.exec(line)?.[0] ?? '';
  return JSON.stringify(value, null, margin.includes('\t') ? '\t' : 2).replaceAll('\n', `\n${margin}`);
}

/** The text with every change made; they do not overlap. */
export function applied(text: string, changes: readonly Change[]): string {
  const fromTheEnd = changes.toSorted((one, other) => other.offset - one.offset);
  return fromTheEnd.reduce(
    (result, change) => `${result.slice(0, change.offset)}${change.text}${result.slice(change.offset + change.length)}`,
    text,
  );
}
