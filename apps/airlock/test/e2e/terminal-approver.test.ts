import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Terminal } from '../terminal/pty.js';
import { AIRLOCK, run } from './harness/command.js';
import { type DeveloperMachine, Site } from './harness/site.js';

const MINUTE = 60_000;
const PASSPHRASE = 'correct horse battery staple';

interface Decided {
  readonly grant: { readonly policyId: string };
}

/** Waits until it holds, at most 30 s. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    if (await holds()) return;
    await delay(100);
  }
  throw new Error('it never came to hold');
}

/** What a human does in a terminal, and what the workspace makes of it, with the built command. */
describe('the terminal approver and a workspace', () => {
  let site: Site;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
  }, 2 * MINUTE);
  afterAll(async () => {
    for (const terminal of terminals) terminal.kill();
    await site.close();
  }, MINUTE);

  const asks = (machine: DeveloperMachine, ...argv: string[]) =>
    machine.start(['run', '--timeout', '60', '--', ...argv]);
  const isWaiting = async () => (await site.approver.inbox()).length > 0;

  /** Starts a command; gives it when it has ended or the human is asked, and what they are asked. */
  async function started(argv: readonly string[]) {
    const command = asks(site.developer, ...argv);
    await until(async () => !command.running || (await isWaiting()));
    return { command, asked: await site.approver.inbox() };
  }

  /** Starts a command until nobody is asked about it any more; what was asked on the way is approved. */
  async function decidedWithoutAsking(argv: readonly string[]) {
    for (;;) {
      const { command, asked } = await started(argv);
      if (asked.length === 0) return await command.finished();
      // A standing policy that arrives now decides it first.
      for (const { requestId } of asked) await site.approver.approve(requestId).catch(() => undefined);
      await command.finished();
      await delay(1_000);
    }
  }

  /** Starts a command until the human is asked about it, and approves; on a busy machine that may take its time. */
  async function askedAgain(argv: readonly string[]): Promise<void> {
    for (;;) {
      const { command, asked } = await started(argv);
      for (const { requestId } of asked) await site.approver.approve(requestId);
      const { code } = await command.finished();
      if (asked.length > 0) return expect(code).toBe(0);
      await delay(500);
    }
  }

  test(
    rules('APPR-220', 'APPR-225', 'DND-120')`a grant lets the same action through, and no longer once it is ended`,
    async () => {
      const first = asks(site.developer, 'printf', 'granted');
      const [row] = await site.approver.pending();
      const { grant } = await site.approver.json<Decided>('approve', row?.requestId ?? '', '--for', '5');
      expect((await first.finished()).code).toBe(0);
      const through = await decidedWithoutAsking(['printf', 'granted']);
      expect([through.code, through.stdout], through.stderr).toEqual([0, 'granted']);
      await site.approver.json('end', grant.policyId);
      await askedAgain(['printf', 'granted']);
    },
    3 * MINUTE,
  );

  test(
    rules('DND-070', 'DND-120')`do not disturb refuses without asking, until it is ended`,
    async () => {
      const [denial] = await site.approver.json<Array<{ policyId: string }>>('deny', '--workspace', 'widgets');
      const refused = await decidedWithoutAsking(['printf', 'denied']);
      expect([refused.code, refused.stdout]).toEqual([126, '']);
      await site.approver.json('end', denial?.policyId ?? '');
      await askedAgain(['printf', 'denied']);
    },
    3 * MINUTE,
  );

  describe('with a passphrase', () => {
    let gadgets: DeveloperMachine;
    const keyDir = () => join(site.approver.home, 'protected');

    /** Types a command of the approver into a terminal, with the passphrase as often as it is asked for. */
    async function typed(...words: string[]): Promise<Terminal> {
      const line = [process.execPath, AIRLOCK, 'approver', ...words, '--key-dir', keyDir()];
      const terminal = new Terminal(line.map((word) => `'${word}'`).join(' '), {
        cwd: site.approver.home,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: site.approver.home,
          AIRLOCK_HOME: site.approver.home,
          NO_COLOR: '1',
        },
      });
      terminals.push(terminal);
      for (const prompt of words[0] === 'init'
        ? [/New passphrase/, /The same again/]
        : [/Passphrase of this approver/]) {
        await terminal.sees(prompt);
        terminal.type(`${PASSPHRASE}\r`);
      }
      expect(await terminal.ended(), terminal.plain).toBe(0);
      return terminal;
    }

    const approver = (...args: string[]) =>
      run(['approver', ...args, '--key-dir', keyDir()], { home: site.approver.home });

    async function pendingId(): Promise<string> {
      let id = '';
      await until(async () => {
        const rows = JSON.parse((await approver('inbox', '--json')).stdout) as Array<{ requestId: string }>;
        id = rows[0]?.requestId ?? '';
        return id !== '';
      });
      return id;
    }

    /** A change of policy that is shown, then signed in the terminal; gives the card. */
    async function signs(...change: string[]): Promise<string> {
      const command = gadgets.start(change);
      const id = await pendingId();
      const card = (await approver('show', id)).stdout;
      const terminal = await typed('approve', id);
      expect(terminal.plain).toContain('COMPUTED by this approver from the whole document');
      expect((await command.finished()).code).toBe(0);
      return card;
    }

    beforeAll(async () => {
      gadgets = await site.workspace('gadgets');
      const pat = join(site.approver.home, 'pat');
      await typed('init', '--gateway', site.gateway.url, '--pat-file', pat);
      await site.pairing(gadgets, async (link) => void (await typed('pair', '--yes', link)));
    }, 2 * MINUTE);

    test(
      rules('APPR-155', 'APPR-170')`sees what a policy permits and what it changes before it signs`,
      async () => {
        const first = await signs('auto', 'on', '--for', '1');
        expect(first).toContain('This is the whole policy.');
        expect(first).toMatch(/\|Auto mode on until \d{4}-\d\d-\d\d \d\d:\d\d UTC: /);
        expect(first).toContain('You signed no policy for this workspace before: all of it is new.');
        const second = await signs('fail-mode', 'open', '--for', '1');
        expect(second).toMatch(/Against version \d+, the newest you signed:\n {2}New:\n {4}\|Fail mode open until /);
        expect(second).toContain('  Gone: nothing');
        await gadgets.run(['auto', 'off']);
        const third = await signs('policy', 'renew');
        expect(third).toMatch(/ {2}New: nothing\n {2}Gone:\n {4}\|Auto mode on until /);
      },
      3 * MINUTE,
    );

    test(
      rules('APPR-155', 'LOC-080')`refuses everything under a policy that was put back, until it signs one anew`,
      async () => {
        await gadgets.stop();
        const home = gadgets.home;
        const records = readdirSync(home, { recursive: true, encoding: 'utf8' })
          .map((name) => join(home, name))
          .filter((file) => /polic/.test(file.slice(home.length)) && statSync(file).isFile())
          .filter((file) => readFileSync(file, 'utf8').includes('failOpen'));
        expect(records).toHaveLength(1);
        for (const file of records) writeFileSync(file, '');
        await gadgets.run(['daemon', 'start']);
        const command = asks(gadgets, 'printf', 'x');
        const id = await pendingId();
        const card = (await approver('show', id)).stdout;
        expect(card).toMatch(/CANNOT BE APPROVED: the policy was rolled back: .*"airlock policy renew"/);
        expect(JSON.parse((await approver('show', id, '--json')).stdout)).toMatchObject({
          canApprove: false,
          obstacles: ['policy-rolled-back'],
        });
        await typed('reject', id);
        expect((await command.finished()).code).toBe(126);
        const renewed = await signs('policy', 'renew');
        expect(renewed).toMatch(/WARNING the policy was rolled back: /);
        expect(renewed).toMatch(/\|Everything is asked but reading in the workspace\.\|/);
        expect(renewed).toMatch(/ {2}Gone:\n {4}\|Fail mode open until /);
        const again = asks(gadgets, 'printf', 'x');
        await typed('approve', await pendingId());
        expect((await again.finished()).code).toBe(0);
      },
      3 * MINUTE,
    );
  });
});
