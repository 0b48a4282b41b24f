// `npm run test:claude [-- --short] [-- --version 2.1.330] [-- vitest filters]`: the suites with the real Claude Code,
// which is installed beside the workspace first; the last line is `N passed, N failed[, N skipped]`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { summarize } from './test-summary.mjs';
import { buildApplications, environment, install, requireNode, root, run, say } from './workspace.mjs';

const VERSIONS = ['2.1.330', '2.1.197'];
const rig = path.join(root, 'tooling', 'claude-rig');
const report = path.join(root, 'reports', 'claude.json');

requireNode();
const { short, version, filters } = parse(process.argv.slice(2));
await install();
await buildApplications(['airlock', 'claude-plugin']);
const versions = version === undefined ? (short ? VERSIONS.slice(0, 1) : VERSIONS) : [version];
await run('tsx', [path.join(rig, 'src', 'cli.ts'), ...versions]);
process.exitCode = await runSuites();

async function runSuites() {
  rmSync(report, { force: true });
  mkdirSync(path.dirname(report), { recursive: true });
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = {
    ...(short ? { AIRLOCK_CLAUDE_SHORT: '1' } : {}),
    ...(version === undefined ? {} : { AIRLOCK_CLAUDE_VERSION: version }),
  };
  const env = { ...environment, ...chosen };
  const code = await run('vitest', ['run', '--config', 'vitest.real.config.ts', ...reporters, ...filters], {
    cwd: rig,
    env,
  });
  const results = readReport();
  const summary = summarize(results ?? {}, results === undefined ? code || 1 : code, filters.length > 0);
  for (const line of summary.lines) process.stdout.write(`${line}\n`);
  return summary.failed > 0 ? code || 1 : 0;
}

function parse(words) {
  const given = [...words];
  const at = given.indexOf('--version');
  const [, wanted] = at < 0 ? [] : given.splice(at, 2);
  if (at >= 0 && !VERSIONS.includes(wanted)) {
    say(`no pinned version "${wanted}"; there are: ${VERSIONS.join(', ')}`);
    process.exit(64);
  }
  return { short: given.includes('--short'), version: wanted, filters: given.filter((word) => word !== '--short') };
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    say(`vitest left no report (${error.message})`);
    return undefined;
  }
}
