import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requiresProgram } from '@airlock/conformance/requires';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site } from './site.js';

const MINUTE = 60_000;
const PAGE = readFileSync(fileURLToPath(new URL('../../../../docs/authorize.md', import.meta.url)), 'utf8');

/** Every example of the page: a script, and the JSON lines that it says come out. */
const EXAMPLES = [...PAGE.matchAll(/```sh\n([\s\S]*?)```[\s\S]*?```json\n([\s\S]*?)```/g)].map(
  ([, script = '', answers = '']) => ({ script, answers: answers.trim().split('\n') }),
);

/** What differs from run to run. */
const told = (line: string) => JSON.parse(line.replace(/req-[^"]+/, 'req-…'));

requiresProgram('curl')('the examples of docs/authorize.md', () => {
  let site: Site;
  let env: Record<string, string>;

  beforeAll(async () => {
    site = await openSite();
    const endpoint = await site.client.endpoint({ state: 'on', workspace: site.workspace, port: 0 });
    if (endpoint.state !== 'on' || endpoint.token === undefined) throw new Error('the endpoint is off');
    env = {
      PATH: process.env['PATH'] ?? '',
      AIRLOCK_SOCKET: site.paths.socket,
      WORKSPACE: site.workspace,
      ENDPOINT: endpoint.url,
      TOKEN: endpoint.token,
      REQUEST_ID: '',
    };
  }, MINUTE);

  afterAll(() => site.close(), MINUTE);

  it('are four', () => expect(EXAMPLES).toHaveLength(4));

  it.each(EXAMPLES)(
    '$script',
    async ({ script, answers }) => {
      const run = () => promisify(execFile)('bash', ['-c', script], { env });
      const { stdout } = await site.human.approveWhile(run);
      const lines = stdout.split(/\n|(?<=\})(?=\{)/).filter((line) => line !== '');
      expect(lines.map(told)).toEqual(answers.map(told));
      env['REQUEST_ID'] = /req-[^"]+/.exec(stdout)?.[0] ?? '';
    },
    MINUTE,
  );
});
