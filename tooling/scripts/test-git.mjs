// `npm run test:git [-- vitest filters]`: every scenario of git, of which `npm test` plays a short form; the last line is
// `N passed, N failed[, N skipped]`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { summarize } from './test-summary.mjs';
import { buildApplications, environment, install, requireNode, root, run } from './workspace.mjs';

const report = path.join(root, 'reports', 'git.json');
const filters = process.argv.slice(2);

requireNode();
await install();
await buildApplications(['airlock']);
rmSync(report, { force: true });
mkdirSync(path.dirname(report), { recursive: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const scenarios = ['--project', 'airlock', 'apps/airlock/test/git-scenarios'];
const code = await run('vitest', ['run', ...scenarios, ...reporters, ...filters], {
  env: { ...environment, AIRLOCK_GIT_SCENARIOS: 'all' },
});
const summary = summarize(readReport(), code, filters.length > 0);
for (const line of summary.lines) process.stdout.write(`${line}\n`);
process.exitCode = summary.failed > 0 ? code || 1 : 0;

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
