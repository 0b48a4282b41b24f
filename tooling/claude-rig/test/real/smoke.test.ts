import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  openSite,
  requiresClaude,
  runClaude,
  TINY_MCP,
  versionsUnderTest,
} from '../../src/index.js';

/** Without the plugin everything runs: what the other suites see stopped was not stopped by the rig. */
describe('without the plugin', () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'none' });
  });
  afterAll(() => site.close());

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('runs Bash, an MCP tool and the Bash of a sub-agent, and asks nobody', async () => {
        const prompt = `touch one more, ${version}`;
        const result = await runClaude(site, {
          version,
          mode: 'bypass',
          steps: [
            call('Bash', { command: `echo hello > bash-${version}` }),
            call('mcp__tiny__touch', { path: `${site.project.folder}/mcp-${version}` }),
            call('Agent', { description: 'sub', prompt, subagent_type: 'general-purpose', run_in_background: false }),
          ],
          agents: [{ prompt, steps: [call('Bash', { command: `echo hello > agent-${version}` })] }],
          effects: [`bash-${version}`, `mcp-${version}`, `agent-${version}`],
          args: TINY_MCP,
        });
        expect(result.ran).toEqual({
          [`bash-${version}`]: true,
          [`mcp-${version}`]: true,
          [`agent-${version}`]: true,
        });
        expect(result).toMatchObject({ exitCode: 0, requests: [], unscripted: [] });
        expect(result.toolResults.map(({ tool, isError }) => [tool, isError])).toEqual([
          ['Bash', false],
          ['mcp__tiny__touch', false],
          ['Bash', false],
          ['Agent', false],
        ]);
      });
    });
  }
});
