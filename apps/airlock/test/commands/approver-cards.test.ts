import { rules } from '@airlock/conformance';
import { dndPolicySchema } from '@airlock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AirlockProcess, run, start } from '../e2e/harness/command.js';
import { type InboxItem, Site } from '../e2e/harness/site.js';

const SLOW = 120_000;

interface Row extends InboxItem {
  readonly card: string;
  readonly count: number;
}
interface Decided {
  readonly requestId: string;
  readonly decision: string;
  readonly accepted: boolean;
  readonly requests: ReadonlyArray<{ readonly requestId: string; readonly accepted: boolean; readonly code?: string }>;
  readonly grant?: { readonly policyId: string; readonly expiresAt: string } | null;
}
interface GrantRow {
  readonly policyId: string;
  readonly workspace: string;
  readonly effect: string;
  readonly scope: string;
  readonly selects: string;
  readonly selector: Record<string, unknown> | null;
  readonly expiresAt: string;
  readonly signedHere: boolean;
}

describe('cards, grants and refusals of the terminal approver, with real processes', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
  }, SLOW);
  afterAll(() => site.close(), SLOW);

  const device = () => ['--key-dir', site.approver.keyDir];
  const approver = (...args: string[]) => run(['approver', ...args, ...device()], { home: site.approver.home });
  const asks = (...argv: string[]): AirlockProcess => site.developer.start(['run', '--', ...argv]);
  const inbox = async (count: number) => (await site.approver.pending(count)) as Row[];
  const codesOf = (all: readonly AirlockProcess[]) =>
    Promise.all(all.map(async (each) => (await each.finished()).code));

  /** What an enforcer of this user is told. */
  async function effective(row: { readonly enforcerId: string; readonly workspaceId: string }): Promise<unknown[]> {
    const query = new URLSearchParams({ enforcerId: row.enforcerId, workspaceId: row.workspaceId });
    const answer = await fetch(`${site.gateway.url}/v1/policy/dnd/effective?${query.toString()}`, {
      headers: { 'x-pat': site.enforcerPat },
    });
    return ((await answer.json()) as { body: unknown[] }).body;
  }

  describe(rules('APPR-185', 'APPR-200')`identical requests are one card`, () => {
    test(
      'counted in the inbox, shown with all ids, and decided by one word',
      async () => {
        const same = [asks('printf', 'same'), asks('printf', 'same')];
        const other = asks('printf', 'other');
        const rows = await inbox(3);
        const [two = [], one = []] = [2, 1].map((count) => rows.filter((row) => row.count === count));
        expect([two.length, one.length]).toEqual([2, 1]);
        expect(new Set(two.map(({ card }) => card)).size).toBe(1);
        expect(one[0]?.card).not.toBe(two[0]?.card);
        const plain = await approver('inbox');
        expect(plain.stdout.trim().split('\n')).toHaveLength(3);
        expect(plain.stdout).toMatch(/ 2x /);
        const [first, second] = two.map(({ requestId }) => requestId);
        const shown = await approver('show', second ?? '');
        expect(shown.stdout).toContain('THIS CARD COUNTS 2 requests');
        expect(shown.stdout).toContain(`  ${first} (`);
        const card = await site.approver.json<{ requestIds: string[]; count: number }>('show', second ?? '');
        expect(card).toMatchObject({ count: 2, requestIds: expect.arrayContaining([first, second]) });
        const decided = await site.approver.json<Decided>('approve', second ?? '');
        expect(decided).toEqual({
          requestId: second,
          decision: 'approve',
          accepted: true,
          requests: [
            { requestId: second, decision: 'approve', accepted: true },
            { requestId: first, decision: 'approve', accepted: true },
          ],
          stillWaiting: [],
        });
        expect(await codesOf(same)).toEqual([0, 0]);
        const rejected = await approver('reject', one[0]?.requestId ?? '');
        expect(rejected.stderr).toContain(`airlock: rejected ${one[0]?.requestId}`);
        expect((await other.finished()).code).toBe(126);
      },
      SLOW,
    );

    test(
      '--only decides the named one and leaves the other waiting; a word on both says how many',
      async () => {
        const same = [asks('printf', 'only'), asks('printf', 'only'), asks('printf', 'only')];
        const [named] = await inbox(3);
        const decided = await site.approver.json<Decided>('approve', named?.requestId ?? '', '--only');
        expect(decided.requests).toHaveLength(1);
        const left = await inbox(2);
        expect(left.map(({ count }) => count)).toEqual([2, 2]);
        const rejected = await approver('reject', left[0]?.requestId ?? '', '--reason', 'enough');
        expect(rejected).toMatchObject({ code: 0 });
        expect(rejected.stderr).toContain('airlock: rejected 2 of 2 requests on this card');
        expect((await codesOf(same)).toSorted()).toEqual([0, 126, 126]);
      },
      SLOW,
    );

    test(
      'watch prints the card once and says when it grows',
      async () => {
        const watch = start(['approver', 'watch', ...device()], { home: site.approver.home });
        await watch.says(/watching/);
        const one = asks('printf', 'watched');
        const [row] = await inbox(1);
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        const other = asks('printf', 'watched');
        await inbox(2);
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        await site.approver.reject(row?.requestId ?? '', 'seen');
        await codesOf([one, other]);
        watch.kill('SIGINT');
        const { stdout } = await watch.finished();
        expect(stdout.match(/^Run a command$/gm)).toHaveLength(1);
        expect(stdout.match(/^now 2 times: /gm)).toHaveLength(1);
      },
      SLOW,
    );
  });

  describe(rules('APPR-220', 'APPR-225')`grants`, () => {
    test(
      'one for a card, listed in words, ended',
      async () => {
        const same = [asks('printf', 'granted'), asks('printf', 'granted')];
        const [row] = await inbox(2);
        const { contentSha256, enforcerId, workspaceId } = await site.approver.json<{
          contentSha256: string;
          enforcerId: string;
          workspaceId: string;
        }>('show', row?.requestId ?? '');
        const decided = await site.approver.json<Decided>('approve', row?.requestId ?? '', '--for', '30');
        expect(await codesOf(same)).toEqual([0, 0]);
        const policyId = decided.grant?.policyId ?? '';
        expect(policyId).toMatch(/^dnd-[0-9a-f-]{36}$/);
        const listed = await site.approver.json<GrantRow[]>('grants');
        expect(listed).toEqual([
          expect.objectContaining({
            policyId,
            workspace: 'widgets',
            effect: 'approve',
            scope: 'action',
            selects: 'exactly this again: printf granted',
            selector: { contentSha256 },
            expiresAt: decided.grant?.expiresAt,
            signedHere: true,
          }),
        ]);
        const minutes = (Date.parse(listed[0]?.expiresAt ?? '') - Date.now()) / 60_000;
        expect(minutes).toBeGreaterThan(28);
        expect(minutes).toBeLessThanOrEqual(30);
        expect((await approver('grants')).stdout).toMatch(
          /approves +action +widgets .*exactly this again: printf granted/,
        );
        const [policy] = await effective({ enforcerId, workspaceId });
        expect(dndPolicySchema.parse(policy)).toMatchObject({
          requestId: policyId,
          policyMode: 'approve_all',
          objectType: 'airlock.dnd.action',
          actionSelector: { contentSha256 },
          signature: expect.any(String),
        });
        expect(await site.approver.json('end', policyId)).toEqual({ policyId, ended: true });
        expect(await site.approver.json('grants')).toEqual([]);
        expect(await effective({ enforcerId, workspaceId })).toEqual([]);
        const again = await approver('end', policyId);
        expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^airlock: not_found .*approver grants/)]);
      },
      SLOW,
    );

    test(
      'one that is impossible leaves everything undecided',
      async () => {
        const command = asks('printf', 'sessionless');
        const [row] = await inbox(1);
        const result = await approver('approve', row?.requestId ?? '', '--scope', 'session');
        expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('airlock: grant_impossible')]);
        expect(await inbox(1)).toHaveLength(1);
        await site.approver.reject(row?.requestId ?? '', 'no');
        expect((await command.finished()).code).toBe(126);
        expect(await site.approver.json('grants')).toEqual([]);
      },
      SLOW,
    );
  });

  describe(rules('APPR-220', 'DND-050')`do not disturb`, () => {
    test(
      'a workspace, some commands, everything; signed, listed, ended',
      async () => {
        const [one] = await site.approver.json<Array<{ policyId: string; expiresAt: string }>>(
          'deny',
          '--workspace',
          'widgets',
          '--for',
          '5',
          '--command',
          'git',
          'push',
        );
        const [all] = await site.approver.json<Array<{ policyId: string }>>('deny', '--all');
        const rows = await site.approver.json<GrantRow[]>('grants');
        expect(rows).toEqual([
          expect.objectContaining({
            policyId: one?.policyId,
            effect: 'deny',
            scope: 'action',
            selects: 'commands that begin with git push',
            workspace: 'widgets',
            signedHere: true,
          }),
          expect.objectContaining({ policyId: all?.policyId, scope: 'workspace', selects: 'everything' }),
        ]);
        const plain = await approver('grants');
        expect(plain.stdout).toMatch(/refuses +action .*commands that begin with git push/);
        for (const row of rows) await site.approver.json('end', row.policyId);
        const text = await approver('deny', '--workspace', 'widgets', '--for', '1');
        expect(text.stderr).toMatch(/everything in widgets is refused without asking until .*Z/);
        const [last] = await site.approver.json<GrantRow[]>('grants');
        await site.approver.json('end', last?.policyId ?? '');
      },
      SLOW,
    );

    test(
      'a name that fits nothing',
      async () => {
        const result = await approver('deny', '--workspace', 'gadgets');
        expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(/^airlock: not_found /)]);
      },
      SLOW,
    );
  });
});
