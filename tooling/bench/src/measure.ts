/** Sorted copy's value at quantile `q` (0..1), nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new TypeError('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
}

/** Milliseconds one call takes. */
export async function timed(run: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * Measures ours and the floor alternately, so that drift of a shared machine hits both alike.
 * Returns one duration in milliseconds per round and side.
 */
export async function alternate(
  rounds: number,
  ours: () => Promise<unknown> | unknown,
  floor: () => Promise<unknown> | unknown,
): Promise<{ ours: number[]; floor: number[] }> {
  const result = { ours: [] as number[], floor: [] as number[] };
  for (let i = 0; i < Math.ceil(rounds / 10); i += 1) {
    await ours();
    await floor();
  }
  for (let i = 0; i < rounds; i += 1) {
    result.ours.push(await timed(ours));
    result.floor.push(await timed(floor));
  }
  return result;
}

/** One line of the report. `goal` reads like `<= 3` and is printed, never asserted. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly floor: string;
  readonly ratio: number;
  readonly goal: string;
}

export function table(rows: readonly Row[]): string {
  const cells = [
    ['measured', 'ours', 'floor', 'ratio', 'goal'],
    ...rows.map((r) => [r.what, r.ours, r.floor, r.ratio.toFixed(2), r.goal]),
  ];
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...cells.map((row) => (row[i] as string).length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
        .join('  '),
    )
    .join('\n');
}
