import { existsSync } from 'node:fs';
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

  async function open(version: ClaudeVersion, ...conversations: Conversation[]) {
    const served = await modelServer(...conversations);
    model = served;
    const opened = new ClaudeTerminal(site, { version, mode: 'bypass', model: served });
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
