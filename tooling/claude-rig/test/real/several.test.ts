import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  calls,
  type ClaudeSite,
  type Conversation,
  mentions,
  openSite,
  type Project,
  requiresClaude,
  runClaude,
  startClaude,
  type ToolCall,
  until,
  versionsUnderTest,
} from '../../src/index.js';

const bash = (command: string, more: object = {}): ToolCall => ({ tool: 'Bash', input: { command, ...more } });

describe('several at once', () => {
  let site: ClaudeSite;
  let other: Project;
  beforeAll(async () => {
    site = await openSite({ plugin: 'installed' });
    other = await site.otherProject('gadgets');
    site.human.answering = (opened) => (mentions(opened, 'no-') ? { reject: 'not this one' } : 'approve');
  });
  afterAll(() => site?.close());

  const asked = (name: string) => site.human.seen.filter((opened) => mentions(opened, name)).length;

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test(rules('LOC-145')`sub-agents side by side are asked about call by call`, async () => {
        const names = ['a1', 'a2', 'no-a3', 'b1', 'b2', 'no-b3'].map((name) => `${name}-${version}`);
        const prompts = ['first', 'second'].map((which) => `the ${which} sub-agent of ${version}`);
        const agents: Conversation[] = prompts.map((prompt, which) => ({
          prompt,
          steps: names.slice(3 * which, 3 * which + 3).map((name) => calls(bash(`echo ran > ${name}`))),
        }));
        const started = prompts.map((prompt) => ({
          tool: 'Agent',
          input: { description: 'works', prompt, subagent_type: 'general-purpose', run_in_background: false },
        }));
        const { ran, unscripted } = await runClaude(site, {
          version,
          mode: 'bypass',
          steps: [calls(...started)],
          agents,
          effects: names,
        });
        expect(unscripted).toEqual([]);
        expect(ran).toEqual(Object.fromEntries(names.map((name) => [name, !name.startsWith('no-')])));
        expect(names.map(asked)).toEqual([1, 1, 1, 1, 1, 1]);
      });

      test('two sessions in two projects get each its own answer', async () => {
        const run = (project: Project, name: string) =>
          runClaude(site, {
            version,
            mode: 'bypass',
            project,
            steps: [calls(bash(`echo ran > ${name}`)), calls(bash(`echo ran > too-${name}`))],
            effects: [name, `too-${name}`],
          });
        const [one, two] = [`first-${version}`, `no-second-${version}`];
        const [first, second] = await Promise.all([run(site.project, one), run(other, two)]);
        expect(first.ran).toEqual({ [one]: true, [`too-${one}`]: true });
        expect(second.ran).toEqual({ [two]: false, [`too-${two}`]: false });
        expect([asked(one), asked(two)]).toEqual([2, 2]);
      });

      test('calls in one message are asked about one by one, and one rejection stops one call', async () => {
        const names = [`m1-${version}`, `no-m2-${version}`, `m3-${version}`];
        const { ran } = await runClaude(site, {
          version,
          mode: 'bypass',
          steps: [calls(...names.map((name) => bash(`echo ran > ${name}`)))],
          effects: names,
        });
        expect(ran).toEqual({ [names[0] as string]: true, [names[1] as string]: false, [names[2] as string]: true });
      });

      test('a command in the background is asked about before it starts', async () => {
        const names = [`bg-${version}`, `no-bg-${version}`];
        await runClaude(site, {
          version,
          mode: 'bypass',
          steps: names.map((name) => calls(bash(`echo ran > ${name}`, { run_in_background: true }))),
        });
        const [yes, no] = names.map((name) => join(site.project.folder, name)) as [string, string];
        await until(() => existsSync(yes) && readFileSync(yes, 'utf8') === 'ran\n');
        expect(existsSync(no)).toBe(false);
      });

      async function killedWhileWaiting(signal: NodeJS.Signals, then: () => Promise<void>): Promise<void> {
        const name = `left-${signal}-${version}`;
        const before = site.human.answering;
        site.human.answering = () => 'wait';
        const steps = [calls(bash(`echo ran > ${name}`))];
        const running = await startClaude(site, { version, mode: 'bypass', steps });
        try {
          await until(() => site.human.waiting.length === 1);
          running.child.kill(signal);
          await running.finished();
          await then();
          await until(() => site.human.waiting.length === 0);
        } finally {
          running.kill();
          site.human.answering = before;
        }
        expect(existsSync(join(site.project.folder, name))).toBe(false);
      }

      test(rules('EXCH-150')`a session that is ended withdraws what it waits for`, () =>
        killedWhileWaiting('SIGTERM', async () => {}));

      test('what is approved after the session was killed runs nowhere', () =>
        killedWhileWaiting('SIGKILL', async () => {
          site.human.answering = () => 'approve';
        }));
    });
  }
});
