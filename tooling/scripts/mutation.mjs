// `npm run mutation [-- folder ...]`: changes the policy's code in one place at a time; a test of the policy must fail.
// With folders of packages/policy/src only these are changed; only their tests and those of attacks are run.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GOAL, percentOf, scoreLines, scores } from './mutation-score.mjs';
import { install, pnpmCommand, requireNode, root, run, say } from './workspace.mjs';

/** Not in the lockfile: only this script needs it, and nobody has to install it for anything else. */
const PACKAGES = ['@stryker-mutator/core@9.6.1', '@stryker-mutator/vitest-runner@9.6.1'];

const tools = path.join(root, '.tools', 'mutation');
const stryker = path.join(tools, 'node_modules', '.bin', 'stryker');
const report = path.join(root, 'reports', 'mutation.json');

requireNode();
await install();
await fetchStryker();
const folders = process.argv.slice(2);
rmSync(report, { force: true });
await run(stryker, ['run', 'tooling/mutation/stryker.config.js', ...mutated()], {
  env: { ...process.env, ...(folders.length === 0 ? {} : { MUTATION_FOLDERS: folders.join(',') }) },
});
process.exitCode = conclude();

/** Next to the workspace's own modules, so that the runner finds the one vitest of the workspace. */
async function fetchStryker() {
  const manifest = path.join(tools, 'package.json');
  const wanted = JSON.stringify({ private: true, description: PACKAGES.join(' ') });
  if (existsSync(stryker) && existsSync(manifest) && readFileSync(manifest, 'utf8').includes(PACKAGES.join(' ')))
    return;
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  writeFileSync(manifest, wanted);
  const [pnpm, ...first] = pnpmCommand();
  say('fetching Stryker ...');
  const flags = [
    '--ignore-workspace',
    '--save-exact',
    '--ignore-scripts',
    '--config.auto-install-peers=false',
    '--config.engine-strict=false',
  ];
  const code = await run(pnpm, [...first, '--dir', tools, 'add', ...flags, ...PACKAGES]);
  if (code !== 0) process.exit(code);
}

function mutated() {
  return folders.length === 0
    ? []
    : ['--mutate', folders.map((folder) => `packages/policy/src/${folder}/**/*.ts`).join(',')];
}

function conclude() {
  if (!existsSync(report)) {
    say('the run left no report; the reason is above.');
    return 1;
  }
  const result = scores(JSON.parse(readFileSync(report, 'utf8')));
  for (const line of scoreLines(result)) process.stdout.write(`${line}\n`);
  const below = result.filter((score) => percentOf(score) < GOAL);
  if (below.length > 0) say(`below ${GOAL} %: ${below.map(({ name }) => name).join(', ')}`);
  return below.length === 0 ? 0 : 1;
}
