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
  until,
  versionsUnderTest,
} from '../../src/index.js';

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
    return { terminal: opened, model: served };
  }

  const file = (name: string) => join(site.project.folder, name);
  const writes = (name: string): Conversation => ({
    prompt: `write ${name}`,
    steps: [call('Bash', { command: `echo ran > ${name}` })],
  });
  const isWaiting = () => site.human.waiting.length > 0;

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('says what it waits for, and goes on when the human approves', async () => {
        const name = `tui-${version}`;
        const { terminal } = await open(version, writes(name));
        await terminal.enter(`write ${name}`);
        await until(isWaiting);
        await terminal.sees('Airlock: waiting for the approver');
        expect(existsSync(file(name))).toBe(false);
        site.human.answering = (opened) => (mentions(opened, name) ? 'approve' : 'wait');
        await terminal.sees('done');
        expect(existsSync(file(name))).toBe(true);
      });

      test(rules('LOC-110')`Esc withdraws the request, and nothing runs`, async () => {
        const name = `esc-${version}`;
        const { terminal } = await open(version, writes(name));
        await terminal.enter(`write ${name}`);
        await until(isWaiting);
        terminal.press('escape');
        await until(() => !isWaiting());
        site.human.answering = () => 'approve';
        await terminal.sees('Interrupted');
        expect(existsSync(file(name))).toBe(false);
      });

      test('a command of ours is executed without the model', async () => {
        const { terminal, model } = await open(version);
        await terminal.enter('/airlock:status');
        await terminal.sees('paired');
        expect(model.unscripted).toEqual([]);
      });
    });
  }
});
