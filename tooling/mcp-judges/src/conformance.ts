import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installedJudge } from './installed-judge.js';

const execute = promisify(execFile);

/** `scenario: check status`, in the order of their names. */
export type Verdicts = readonly string[];

interface Check {
  readonly id: string;
  readonly status: string;
}

/**
 * Has the official conformance suite judge a server.
 * @param results empty folder for what it writes
 * @param scenario only this one
 */
export async function conformanceVerdicts(url: string, results: string, scenario?: string): Promise<Verdicts> {
  const [node, main] = installedJudge('conformance');
  const only = scenario === undefined ? [] : ['--scenario', scenario];
  await execute(node, [main, 'server', '--url', url, '--output-dir', results, ...only], { maxBuffer: 1 << 26 }).catch(
    (error: unknown) => {
      // Its exit code is 1 when any check failed; the verdicts say which.
      if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error;
    },
  );
  const scenarios = readdirSync(results).filter((name) => existsSync(join(results, name, 'checks.json')));
  return scenarios.flatMap((scenario) => verdictsOf(results, scenario)).sort();
}

function verdictsOf(results: string, folder: string): Verdicts {
  const checks = JSON.parse(readFileSync(join(results, folder, 'checks.json'), 'utf8')) as readonly Check[];
  const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\dZ-]+$/, '');
  return checks.map(({ id, status }) => `${scenario}: ${id} ${status}`);
}
