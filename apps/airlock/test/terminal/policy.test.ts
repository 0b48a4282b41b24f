import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK, json } from '../e2e/harness/command.js';
import type { InboxItem } from '../e2e/harness/site.js';
import { Site } from '../e2e/harness/site.js';
import { Terminal } from './pty.js';

const SLOW = 120_000;
const PASSPHRASE = 'correct horse battery';

/** Two people's terminals: one adds a pattern, the other reads what it permits, and signs with a passphrase. */
describe(rules('LOC-080', 'INV-38')`a pattern, signed in another terminal`, () => {
  let site: Site;
  const open: Terminal[] = [];
  beforeAll(async () => {
    site = await Site.create();
    await site.developer.signIn(site.gateway.url, site.enforcerPat);
  }, SLOW);
  afterAll(async () => {
    for (const terminal of open) terminal.kill();
    await site.close();
  }, SLOW);

  function terminal(home: string, cwd: string, words: readonly string[]): Terminal {
    const line = words.map((word) => `'${word}'`).join(' ');
    const made = new Terminal(`AIRLOCK_HOME='${home}' '${process.execPath}' '${AIRLOCK}' ${line}`, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm' },
    });
    open.push(made);
    return made;
  }

  const keys = () => ['--key-dir', join(site.root, 'approver', 'guarded')];
  const developer = (...words: string[]) => terminal(site.developer.home, site.developer.workspace, words);
  const approver = (...words: string[]) => terminal(site.approver.home, '/', ['approver', ...words, ...keys()]);

  async function withPassphrase(words: readonly string[], prompts: readonly RegExp[]): Promise<Terminal> {
    const made = approver(...words);
    for (const prompt of prompts) {
      await made.sees(prompt);
      made.type(`${PASSPHRASE}\r`);
    }
    expect(await made.ended()).toBe(0);
    return made;
  }

  async function waiting(): Promise<string> {
    for (;;) {
      const [item] = await json<InboxItem[]>(['approver', 'inbox', ...keys()], { home: site.approver.home });
      if (item !== undefined) return item.requestId;
    }
  }

  test(
    'the approver pairs with a passphrase',
    async () => {
      const account = ['--gateway', site.gateway.url, '--pat-file', join(site.approver.home, 'pat')];
      await withPassphrase(['init', ...account], [/New passphrase/, /The same again/]);
      await site.pairing(site.developer, async (link) => {
        await withPassphrase(['pair', link, '--yes'], [/Passphrase of this approver/]);
      });
    },
    SLOW,
  );

  test(
    'the pattern is explained here, shown there, signed, and in force',
    async () => {
      const adding = developer('patterns', 'add', 'pwd');
      await adding.sees(/Matches: pwd/);
      await adding.sees(/waiting for the approver to sign (req-\S+)/);
      const approving = await withPassphrase(['approve', await waiting()], [/Passphrase of this approver/]);
      expect(approving.plain).toMatch(/Approved without asking: pwd/);
      await adding.sees(/pwd is not asked about any more/);
      expect(await adding.ended()).toBe(0);
      expect(await site.developer.json('status')).toMatchObject({ workspaces: [{ patterns: ['pwd'] }] });
    },
    SLOW,
  );

  test(
    'Ctrl-C takes the question back',
    async () => {
      const asking = developer('auto', 'on');
      await asking.sees(/Ctrl-C withdraws it/);
      await waiting();
      asking.type('\u0003');
      expect(await asking.ended()).toBe(130);
      expect(await json(['approver', 'inbox', ...keys()], { home: site.approver.home })).toEqual([]);
      expect(await site.developer.json('status')).toMatchObject({ workspaces: [{ auto: false }] });
    },
    SLOW,
  );
});
