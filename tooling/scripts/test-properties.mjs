// `npm run test:properties [-- --rounds N | --seed S]`: every file with properties, each round with a seed of its own. Ends
// with the first round that fails and says its seed, which repeats that round.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { buildApplications, environment, install, requireNode, root, run, say } from './workspace.mjs';

const { rounds, seed } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string' } },
}).values;
const seeds = seed === undefined ? Array.from({ length: Number(rounds) }, () => randomInt(2 ** 31)) : [Number(seed)];

requireNode();
await install();
await buildApplications(['claude-plugin']);
const { stdout } = spawnSync('git', ['grep', '-l', "from 'fast-check'", '--', '*.test.ts'], {
  cwd: root,
  encoding: 'utf8',
});
const files = stdout.split('\n').filter((file) => file !== '');

for (const [index, each] of seeds.entries()) {
  say(`${files.length} files with seed ${each}, round ${index + 1} of ${seeds.length} ...`);
  const env = { ...environment, AIRLOCK_TEST_SEED: String(each) };
  process.exitCode = await run('vitest', ['run', ...files], { env });
  if (process.exitCode === 0) continue;
  say(`failed; to repeat it: npm run test:properties -- --seed ${each}`);
  break;
}
