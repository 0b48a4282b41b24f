import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { inForm } from '@airlock/conformance/requires';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK } from '../../../../apps/airlock/test/e2e/harness/command.js';
import {
  call,
  claudePath,
  type ClaudeSite,
  type ClaudeVersion,
  installedClaude,
  mentions,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
  isShort,
} from '../../src/index.js';

/** What the human approved at the hook is executed by a layer that would ask by itself. */
describe('an approval of a call of Claude Code', () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side' });
    mkdirSync(join(site.home, 'bin'));
    symlinkSync(AIRLOCK, join(site.home, 'bin', 'airlock'));
    site.human.answering = (opened) => (mentions(opened, 'reject-') ? { reject: 'not this one' } : 'approve');
  });
  afterAll(() => site.close());

  const run = (version: ClaudeVersion, command: string, effects: readonly string[]) =>
    runClaude(site, {
      version,
      mode: 'bypass',
      steps: [call('Bash', { command })],
      effects,
      env: {
        PATH: `${join(site.home, 'bin')}:${claudePath(installedClaude(version))}`,
        AIRLOCK_HOME: site.airlockHome,
      },
    });

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test(rules('LOC-147')`covers the one airlock run that is its whole line`, async () => {
        const once = `once-${version}`;
        const { ran, requests, toolResults } = await run(version, `airlock run -- touch ${once}`, [once]);
        expect(ran).toEqual({ [once]: true });
        expect(requests).toHaveLength(1);
        expect(toolResults[0]?.text).toContain(`approved a moment ago, as ${requests[0]?.request.requestId}`);
      });

      inForm(!isShort, test)('covers nothing of a line with two', async () => {
        const [a, b] = [`a-${version}`, `b-${version}`];
        const { ran, requests } = await run(version, `airlock run -- touch ${a} && airlock run -- touch ${b}`, [a, b]);
        expect(ran).toEqual({ [a]: true, [b]: true });
        expect(requests).toHaveLength(3);
      });

      inForm(!isShort, test)('a rejection ends there: airlock run is not even started', async () => {
        const name = `reject-${version}`;
        const { ran, requests, toolResults } = await run(version, `airlock run -- touch ${name}`, [name]);
        expect(ran).toEqual({ [name]: false });
        expect(requests).toHaveLength(1);
        expect(toolResults[0]?.text).toContain('not this one');
      });
    });
  }
});
