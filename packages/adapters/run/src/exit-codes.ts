/** Exit codes of `airlock run` besides the child's own (CLI.md). */
export const RUN_EXIT = {
  timeout: 124,
  failed: 125,
  refused: 126,
  notFound: 127,
  usage: 64,
  interrupted: 130,
} as const;

/** 128 + n, as shells report a process that signal n ended. */
export function signalExitCode(signalNumber: number): number {
  return 128 + signalNumber;
}
