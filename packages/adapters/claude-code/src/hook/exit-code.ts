/**
 * What a program that has answered ends with behind `hook.sh`, by what it means. Nothing else that ends does so: these are no
 * numbers of errors, which Perl ends with, of signals, or of what Node ends with by itself.
 */
const BEHIND_SHELL = { 0: 210, 2: 212 } as const;

/** The exit code of a program of ours whose answer has been taken: 0 goes on, 2 blocks. `isClean`: `hook.sh` has started it. */
export function exitCode(exit: 0 | 2, { isClean = false }: { readonly isClean?: boolean }): number {
  return isClean ? BEHIND_SHELL[exit] : exit;
}
