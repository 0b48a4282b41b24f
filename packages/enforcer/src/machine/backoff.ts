/** Bounds of a doubling pause, in milliseconds. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Pause before the attempt that follows `failures` failures in a row, never below what the other side asked for. */
export function backoffMs(failures: number, bounds: BackoffBounds, askedMs = 0): number {
  const doubled = bounds.minMs * 2 ** Math.min(Math.max(failures - 1, 0), 20);
  return Math.max(Math.min(doubled, bounds.maxMs), Math.min(askedMs, bounds.maxMs));
}
