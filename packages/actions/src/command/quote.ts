const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * Writes argv as one POSIX shell line that has exactly these words. For display in `commandText` only: what is executed
 * is `argv`.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
