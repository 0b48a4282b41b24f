import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const count = Number(values.count ?? 20_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  throw new TypeError('--count and --seed are integers');
}

console.log(`seed ${String(seed)}: the same seed makes the same lines`);
const started = performance.now();
const report = await fuzz({ seed, count }, (soFar) => {
  if (soFar.generated % 50_000 < 2500) console.log(JSON.stringify(soFar));
});
console.log(
  `${JSON.stringify(report)} in ${String(Math.round((performance.now() - started) / 1000))} s: nothing but the lexer's words ran`,
);
