// `npm run test:mcp [-- --install | vitest filters]`: everything that others judge MCP programs by, of which `npm test` runs a
// short form; what it needs is installed beside the workspace first (`--install`: only that). The last line is
// `N passed, N failed[, N skipped]`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { summarize } from './test-summary.mjs';
import { buildApplications, environment, install, requireNode, root, run } from './workspace.mjs';

const report = path.join(root, 'reports', 'mcp.json');
const words = process.argv.slice(2);
const filters = words.filter((word) => word !== '--install');

requireNode();
await install();
const installed = await run('tsx', [path.join(root, 'tooling', 'mcp-judges', 'src', 'cli.ts')]);
process.exitCode = words.includes('--install') ? installed : await judge();

async function judge() {
  await buildApplications(['airlock']);
  rmSync(report, { force: true });
  mkdirSync(path.dirname(report), { recursive: true });
  // One after the other: each of them measures nothing, but starts many programs.
  const how = ['--project', 'mcp-judges', '--no-file-parallelism'];
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run('vitest', ['run', ...how, ...reporters, ...filters], {
    env: { ...environment, AIRLOCK_MCP_JUDGES: 'all' },
  });
  const summary = summarize(readReport(), code, filters.length > 0);
  for (const line of summary.lines) process.stdout.write(`${line}\n`);
  return summary.failed > 0 ? code || 1 : 0;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
