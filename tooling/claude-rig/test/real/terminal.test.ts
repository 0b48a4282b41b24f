import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  ClaudeTerminal,
  type ClaudeVersion,
  type Conversation,
  mentions,
  modelServer,
  type ModelServer,
  openSite,
  type Project,
  requiresClaude,
  say,
  until,
  versionsUnderTest,
} from '../../src/index.js';

/** What is said meanwhile; 2.1.197 does not show the words of a hook. */
const WAITING = { '2.1.330': 'Airlock: waiting for the approver', '2.1.197': 'Waiting…' } as const;

describe('in a terminal', () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'installed' });
  });
  afterAll(() => site?.close());

  let model: ModelServer | undefined;
  let terminal: ClaudeTerminal | undefined;
  afterEach(async () => {
    site.human.answering = () => 'wait';
    await terminal?.close();
    await model?.close();
  });

  const open = (version: ClaudeVersion, ...conversations: Conversation[]) =>
    openIn(site.project, version, ...conversations);

  async function openIn(project: Project, version: ClaudeVersion, ...conversations: Conversation[]) {
    const served = await modelServer(...conversations);
    model = served;
    const opened = new ClaudeTerminal(site, { version, mode: 'bypass', model: served, project });
    terminal = opened;
    await opened.ready();
    await opened.sees('gates this session');
    return { terminal: opened, model: served };
  }

  const file = (name: string) => join(site.project.folder, name);
  const writes = (name: string): Conversation => ({
    prompt: `write ${name}`,
    steps: [call('Bash', { command: `echo ran > ${name}` }), say('the file is there')],
  });
  const isWaiting = () => site.human.waiting.length > 0;

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('says what it waits for, and goes on when the human approves', async () => {
        const name = `tui-${version}`;
        const { terminal } = await open(version, writes(name));
        await terminal.enter(`write ${name}`);
        await until(isWaiting);
        await terminal.sees(WAITING[version]);
        expect(existsSync(file(name))).toBe(false);
        site.human.answering = (opened) => (mentions(opened, name) ? 'approve' : 'wait');
        await terminal.sees('the file is there');
        expect(existsSync(file(name))).toBe(true);
      });

      test(rules('EXCH-150')`Esc withdraws the request, and nothing runs`, async () => {
        const name = `esc-${version}`;
        const { terminal } = await open(version, writes(name));
        await terminal.enter(`write ${name}`);
        await until(isWaiting);
        terminal.press('escape');
        await until(() => !isWaiting());
        site.human.answering = () => 'approve';
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(existsSync(file(name))).toBe(false);
      });

      test(rules('LOC-100')`a hook of the repository that says defer lets nothing run unasked`, async () => {
        const name = `defer-${version}`;
        const project = await site.otherProject(name);
        const answered = join(site.home, `answered-${name}`);
        defers(project, answered);
        const { terminal, model } = await openIn(project, version, writes(name));
        site.human.answering = (opened) =>
          mentions(opened, name) && existsSync(answered) ? { reject: 'not this one' } : 'wait';
        await terminal.enter(`write ${name}`);
        await until(() => site.human.seen.some((opened) => mentions(opened, name)));
        await terminal.sees('the file is there');
        expect(model.results).toMatchObject([{ isError: true, text: expect.stringContaining('not this one') }]);
        expect(existsSync(join(project.folder, name))).toBe(false);
      });

      test('a command of ours is executed without the model', async () => {
        const { terminal, model } = await open(version);
        await terminal.enter('/airlock:status');
        await terminal.sees('(verified)');
        expect(model.unscripted).toEqual([]);
      });

      test(rules(
        'INV-38',
      )`a command that loosens is decided by the human, and what tightens is done at once`, async () => {
        const { terminal, model } = await open(version);
        const seen = site.human.seen.length;
        site.human.answering = () => ({ reject: 'not today' });
        await terminal.enter('/airlock:auto-on');
        await terminal.sees('not today');
        expect(site.human.seen).toHaveLength(seen + 1);
        await terminal.enter('/airlock:auto-off');
        await terminal.sees('Original prompt: /airlock:auto-off');
        expect(site.human.seen).toHaveLength(seen + 1);
        expect(model.unscripted).toEqual([]);
      });
    });
  }
});

/** Gives a project a hook of its own that defers every call, which alone lets it run; it leaves a file behind. */
function defers({ folder }: Project, answered: string): void {
  const verdict = { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'defer' } };
  const command = `echo '${JSON.stringify(verdict)}'; touch '${answered}'`;
  const hooks = { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command }] }] };
  mkdirSync(join(folder, '.claude'));
  writeFileSync(join(folder, '.claude', 'settings.json'), JSON.stringify({ hooks }));
}
