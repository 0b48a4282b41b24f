import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK } from '../../../../apps/airlock/test/e2e/harness/command.js';
import {
  call,
  type ClaudeRun,
  type ClaudeSite,
  type ClaudeVersion,
  installedClaude,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
} from '../../src/index.js';
import { claudePath } from '../../src/site.js';

const TINY_SERVER = fileURLToPath(new URL('../../fixtures/tiny-server.mjs', import.meta.url));

/** The server `tiny` behind the proxy. */
const PROXIED = [
  '--mcp-config',
  JSON.stringify({
    mcpServers: {
      tiny: {
        command: process.execPath,
        args: [AIRLOCK, 'mcp', 'proxy', '--name', 'tiny', '--', process.execPath, TINY_SERVER],
      },
    },
  }),
];

/** What the human approved at the hook is executed by a layer that would ask by itself. */
describe('an approval of a call of Claude Code', () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side' });
    mkdirSync(join(site.home, 'bin'));
    symlinkSync(AIRLOCK, join(site.home, 'bin', 'airlock'));
    site.human.answering = () => 'approve';
  });
  afterAll(() => site.close());

  /** Ids of the approvals that were handed over, oldest first. */
  const handedOver = async (): Promise<readonly unknown[]> => {
    const entries: { kind: string; fromRequestId?: string }[] = JSON.parse(
      await site.airlock('audit', 'list', '--json'),
    );
    return entries.filter(({ kind }) => kind === 'approval.handed-over').map(({ fromRequestId }) => fromRequestId);
  };

  const run = (version: ClaudeVersion, { steps, effects, args = [] }: Pick<ClaudeRun, 'steps' | 'effects' | 'args'>) =>
    runClaude(site, {
      version,
      mode: 'bypass',
      steps,
      ...(effects === undefined ? {} : { effects }),
      args,
      env: {
        PATH: `${join(site.home, 'bin')}:${claudePath(installedClaude(version))}`,
        AIRLOCK_HOME: site.airlockHome,
      },
    });

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test(rules('LOC-147')`covers the one airlock run that is its whole line`, async () => {
        const once = `once-${version}`;
        const { ran, requests, toolResults } = await run(version, {
          steps: [call('Bash', { command: `airlock run -- touch ${once}` })],
          effects: [once],
        });
        expect(ran).toEqual({ [once]: true });
        expect(requests).toHaveLength(1);
        expect(toolResults[0]?.text).toContain(`approved a moment ago, as ${requests[0]?.request.requestId}`);
      });

      test(rules('LOC-147')`covers nothing of a line with two`, async () => {
        const [a, b] = [`a-${version}`, `b-${version}`];
        const { ran, requests } = await run(version, {
          steps: [call('Bash', { command: `airlock run -- touch ${a} && airlock run -- touch ${b}` })],
          effects: [a, b],
        });
        expect(ran).toEqual({ [a]: true, [b]: true });
        expect(requests).toHaveLength(3);
      });

      test(rules('LOC-147')`covers the call that the MCP proxy forwards`, async () => {
        const name = `mcp-${version}`;
        const { ran, requests } = await run(version, {
          steps: [call('mcp__tiny__touch', { path: join(site.project.folder, name) })],
          effects: [name],
          args: PROXIED,
        });
        expect(ran).toEqual({ [name]: true });
        expect(requests).toHaveLength(1);
        expect((await handedOver()).at(-1)).toBe(requests[0]?.request.requestId);
      });
    });
  }
});
