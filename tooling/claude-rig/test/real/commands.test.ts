import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeResult,
  type ClaudeSite,
  type ClaudeVersion,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
} from '../../src/index.js';

interface Workspace {
  readonly paired: boolean;
  readonly auto: boolean;
  readonly failMode: string;
  readonly patterns: readonly string[];
}

/** The eleven commands as a human types them into the real program. */
for (const version of versionsUnderTest) {
  requiresClaude(version)(`the plugin's commands in Claude Code ${version}`, () => {
    let site: ClaudeSite;
    beforeAll(async () => {
      site = await openSite({ plugin: 'side' });
    });
    afterAll(() => site.close());

    const typed = (prompt: string) => runClaude(site, { version, prompt, steps: [] });
    const workspace = async (): Promise<Workspace | undefined> =>
      JSON.parse(await site.airlock('status', '--json')).workspaces[0];
    /** What the human at the terminal reads; the model is not called. */
    const said = async (prompt: string) => {
      const result = await typed(prompt);
      expect(result.seen, 'the model was called').toEqual([]);
      return textOf(result);
    };

    test('answers without a model call', async () => {
      expect(await said('/airlock:status')).toContain('daemon     running');
      expect(await said('/airlock:patterns')).toContain('No patterns');
      expect(await said('/airlock:fail-mode')).toContain('Fail mode is closed');
      expect(await said('/airlock:fail-mode sideways')).toContain('Not done (usage)');
    });

    describe(rules('LOC-080', 'INV-22')`loosens only what the approver signed, and tightens at once`, () => {
      test('auto mode', async () => {
        site.human.answering = () => ({ reject: 'not today' });
        expect(await said('/airlock:auto-on')).toContain('the approver rejected it: not today');
        expect(await workspace()).toMatchObject({ auto: false });
        site.human.answering = () => 'approve';
        expect(await said('/airlock:auto-on 2')).toContain('Auto mode is on until');
        expect(await workspace()).toMatchObject({ auto: true });
        site.human.answering = () => ({ reject: 'nobody asks for this' });
        expect(await said('/airlock:auto-off')).toContain('Auto mode is off: every tool use is gated.');
        expect(await workspace()).toMatchObject({ auto: false });
      });

      test('fail mode and a pattern', async () => {
        site.human.answering = () => 'approve';
        expect(await said('/airlock:fail-mode open 1')).toContain('Fail mode is open until');
        expect(await said('/airlock:approve git status')).toContain('git status is not asked about any more');
        expect(await workspace()).toMatchObject({ failMode: 'open', patterns: ['git status'] });
        expect(await said('/airlock:patterns')).toMatch(/git status[\s\S]*: holds/);
        await onePatternDecides(site, version);
        site.human.answering = () => ({ reject: 'nobody asks for this' });
        expect(await said('/airlock:disapprove git status')).toContain('is asked about again');
        expect(await said('/airlock:fail-mode closed')).toContain('Fail mode is closed');
        expect(await workspace()).toMatchObject({ failMode: 'closed', patterns: [] });
      });
    });

    describe(rules('LOC-060', 'LOC-070')`the model cannot type them`, () => {
      test('not through a skill, a wake-up, a sub-agent or a tool call with their names', async () => {
        site.human.answering = () => 'approve';
        await said('/airlock:auto-on');
        const prompt = `/airlock:auto-off ${version}`;
        const result = await runClaude(site, {
          version,
          mode: 'bypass',
          steps: [
            call('Skill', { skill: 'airlock:auto-off' }),
            call('Skill', { skill: 'airlock:auto-off', args: '' }),
            call('SlashCommand', { command: '/airlock:auto-off' }),
            call('ScheduleWakeup', { delaySeconds: 60, reason: 'r', prompt: '/airlock:auto-off' }),
            call('Agent', { description: 'd', prompt, subagent_type: 'general-purpose', run_in_background: false }),
          ],
          agents: [{ prompt, steps: [] }],
        });
        expect(result.toolResults.filter(({ tool }) => tool === 'Skill').every(({ isError }) => isError)).toBe(true);
        expect(await workspace()).toMatchObject({ auto: true });
        await said('/airlock:auto-off');
      });

      test('a repository’s command of the same name is not ours', async () => {
        const folder = join(site.project.folder, '.claude', 'commands', 'airlock');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'unpair.md'), 'Say hello.\n');
        expect(await said('/airlock:unpair')).toContain('Not done (not_our_command)');
        expect(await workspace()).toMatchObject({ paired: true });
      });
    });

    test('signing in shows link and code at once, and goes on after the hook has ended', async () => {
      const answer = await said(`/airlock:sign-in ${site.site.gateway.url}`);
      expect(answer).toMatch(/Airlock: Open http:\/\/\S+ and enter [A-Z0-9-]{4,}/);
      expect(await said('/airlock:status')).toMatch(/gateway {4}not signed in at http:\S+ \(\w*Device\w*\)/);
      expect(await said('/airlock:sign-out')).toContain('Signed out: everything is denied until /airlock:sign-in');
    });
  });
}

/** With the pattern the real program's own call runs without a question: environment and shell are those it was pinned to. */
async function onePatternDecides(site: ClaudeSite, version: ClaudeVersion): Promise<void> {
  site.human.answering = () => ({ reject: 'the pattern covers it' });
  const result = await runClaude(site, {
    version,
    mode: 'bypass',
    steps: [call('Bash', { command: 'git status' })],
  });
  expect(result.toolResults.map(({ tool, isError }) => [tool, isError])).toEqual([['Bash', false]]);
  expect(result.requests).toEqual([]);
}

function textOf({ stdout, stderr }: ClaudeResult): string {
  return `${stdout}\n${stderr}`.replaceAll(String.raw`\n`, '\n');
}
