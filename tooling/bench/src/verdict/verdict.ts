import { evaluate } from '@airlock/policy';
import { alternate, quantile, type Row } from '../measure.js';
import { type Case, cases } from './cases.js';

const ROUNDS = 40_000;

function inTurn(all: readonly Case[], run: (one: Case) => void): () => void {
  let index = 0;
  return () => {
    run(all[index % all.length] as Case);
    index += 1;
  };
}

function decide({ input, expected }: Case): void {
  const verdict = evaluate(input);
  if (verdict.kind !== expected) throw new Error(`verdict: ${verdict.kind} instead of ${expected}`);
}

/** One verdict on a call, facts and policies at hand, against reading the same call from its text. */
export async function verdict(): Promise<Row[]> {
  const all = cases();
  const { ours, floor } = await alternate(
    ROUNDS,
    inTurn(all, decide),
    inTurn(all, ({ text }) => {
      JSON.parse(text);
    }),
  );
  return [0.5, 0.99].map((q) => {
    const [a, b] = [quantile(ours, q), quantile(floor, q)];
    return {
      what: `policy verdict, 100 patterns, p${q * 100}`,
      ours: `${a.toFixed(3)} ms`,
      floor: `${b.toFixed(3)} ms (JSON.parse)`,
      ratio: a / b,
      goal: q === 0.99 ? 'ours <= 0.3 ms' : '-',
    };
  });
}
