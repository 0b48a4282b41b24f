/** The words of a table, which is written as one text with a blank between them. */
export function wordList(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}
