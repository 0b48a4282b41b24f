/** A command line cut at its first `--`. */
export interface SplitArguments {
  /** What commander reads. */
  readonly before: readonly string[];
  /** What follows the first `--`, every further `--` included; null without one. */
  readonly after: readonly string[] | null;
}

/** Cuts at the first `--`, because commander would drop an inner one that belongs to the command. */
export function splitAtSeparator(argv: readonly string[]): SplitArguments {
  const index = argv.indexOf('--');
  if (index === -1) return { before: argv, after: null };
  return { before: argv.slice(0, index), after: argv.slice(index + 1) };
}
