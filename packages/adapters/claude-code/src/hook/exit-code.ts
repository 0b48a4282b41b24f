/** What a program that has answered ends with behind `hook.sh`, by what it means: nothing else that ends does so. */
const BEHIND_SHELL = { 0: 10, 2: 12 } as const;

/** The exit code of a program of ours whose answer has been taken: 0 goes on, 2 blocks. `isClean`: `hook.sh` has started it. */
export function exitCode(exit: 0 | 2, { isClean = false }: { readonly isClean?: boolean }): number {
  return isClean ? BEHIND_SHELL[exit] : exit;
}
