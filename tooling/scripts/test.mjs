// `npm test [-- vitest filters]`: install, build, every suite; the last line is `N passed, N failed[, N skipped]`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { summarize } from './test-summary.mjs';
import { applications, buildApplications, install, requireNode, root, run, say } from './workspace.mjs';

requireNode();
await install();
await buildApplications(applications());

const report = path.join(root, 'reports', 'tests.json');
rmSync(report, { force: true });
mkdirSync(path.dirname(report), { recursive: true });
say('running the tests ...');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const filters = process.argv.slice(2);
const code = await run('vitest', ['run', ...reporters, ...filters]);

const results = readReport();
const summary = summarize(results ?? {}, results === undefined ? code || 1 : code, filters.length > 0);
for (const line of summary.lines) process.stdout.write(`${line}\n`);
process.exitCode = summary.failed > 0 ? code || 1 : 0;

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    say(`vitest left no report (${error.message})`);
    return undefined;
  }
}
