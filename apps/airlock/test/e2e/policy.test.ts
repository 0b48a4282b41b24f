import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PolicySite, until } from './harness/policy-site.js';

const MINUTE = 60_000;

interface Listed {
  readonly id: string;
  readonly text: string;
  readonly holds: boolean;
  readonly changed: readonly string[];
}

interface Shown {
  readonly version: number;
  readonly signedBy: string | null;
  readonly patterns: readonly { readonly id: string }[];
  readonly standing: readonly { readonly policyId: string; readonly effect: string }[];
  readonly problem?: { readonly code: string };
}

/** What may skip the question, with the built command, real processes and a human who signs. */
describe('policy, from the first pattern to its end', () => {
  let at: PolicySite;
  beforeAll(async () => {
    at = await PolicySite.create();
  }, 2 * MINUTE);
  afterAll(() => at.close(), MINUTE);

  const inside = (...names: string[]) => join(at.developer.workspace, ...names);
  const show = () => at.developer.json<Shown>('policy', 'show');
  const listed = () => at.developer.json<readonly Listed[]>('patterns', 'list');

  describe(rules('LOC-080', 'INV-34', 'INV-38')`a pattern`, () => {
    test(
      'is explained, pinned, signed, and then not asked about',
      async () => {
        expect((await at.asked('git', 'status')).result.code).toBe(126);
        const added = await at.signed('patterns', 'add', 'git status', '--shell', 'bash');
        expect(added.code).toBe(0);
        expect(added.stderr).toMatch(/Matches: git status/);
        expect(added.stderr).toMatch(/pinned to\n(.*\n)*.*program: \/\S*git \(sha256/);
        expect(added.stderr).toMatch(/waiting for the approver to sign req-/);
        expect(added.stderr).toMatch(
          /git status is not asked about any more \(to take it back: .* patterns remove 'git status'\)/,
        );
        const ran = await at.unasked('git', 'status');
        expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('On branch main') });
        expect(ran.stderr).toMatch(/pattern/);
        expect(await at.explain('git', 'status')).toMatchObject({ verdict: 'allow', basis: { kind: 'pattern' } });
        expect(await listed()).toMatchObject([{ text: 'git status', holds: true, changed: [] }]);
        expect(await show()).toMatchObject({ version: expect.any(Number), signedBy: expect.stringMatching(/^al1\./) });
      },
      MINUTE,
    );

    test.each([
      { command: ['git', 'push'], reason: 'no_match' },
      { command: ['git', 'status', '--output=x'], reason: 'extra_words' },
    ])(
      'covers nothing else: $command',
      async ({ command, reason }) => {
        expect(await at.explain(...command)).toMatchObject({ verdict: 'ask', reason });
      },
      MINUTE,
    );

    test(
      'is asked about as soon as what it is pinned to changes, and says what changed',
      async () => {
        const config = readFileSync(inside('.git/config'));
        appendFileSync(inside('.git/config'), '[core]\n\tfsmonitor = ./evil.sh\n');
        expect(await at.explain('git', 'status')).toMatchObject({
          verdict: 'ask',
          reason: 'pin_changed',
          detail: expect.stringContaining('.git/config'),
        });
        expect(await listed()).toMatchObject([{ holds: false, changed: [expect.stringContaining('.git/config')] }]);
        expect((await at.asked('git', 'status')).result.code).toBe(126);
        writeFileSync(inside('.git/config'), config);
        expect((await at.unasked('git', 'status')).code).toBe(0);
      },
      MINUTE,
    );

    test(
      rules('LOC-085')`is taken back at once, by nobody's leave, and stays in the review`,
      async () => {
        expect(await at.developer.json('patterns', 'remove', 'git status')).toMatchObject({ changed: true });
        expect((await at.asked('git', 'status')).result.code).toBe(126);
        expect(await listed()).toEqual([]);
        const uses = await at.developer.json<readonly object[]>('audit', 'list', '--auto');
        expect(uses).toMatchObject([{ basis: 'pattern', count: 2, pattern: null }]);
        expect((await at.developer.run(['patterns', 'remove', 'git status'])).code).toBe(1);
      },
      MINUTE,
    );

    test(
      'that the human rejects is not in force',
      async () => {
        const adding = at.developer.start(['patterns', 'add', 'git log']);
        await at.human.decide(await at.next(adding), 'reject', { reason: 'no' });
        const result = await adding.finished();
        expect(result.code).toBe(1);
        expect(result.stderr).toMatch(/\nairlock: rejected by the approver: no\n$/);
        expect(await listed()).toEqual([]);
      },
      MINUTE,
    );

    test(
      'that is interrupted is withdrawn: 130',
      async () => {
        const adding = at.developer.start(['patterns', 'add', 'git log']);
        await at.next(adding);
        adding.kill('SIGINT');
        expect((await adding.finished()).code).toBe(130);
        await until(async () => (await at.human.pending()).length === 0);
        expect(await listed()).toEqual([]);
      },
      MINUTE,
    );
  });

  describe(rules('LOC-090', 'LOC-045')`auto mode`, () => {
    test(
      'stops the questions until it ends, but not those about the gate itself',
      async () => {
        const on = await at.signed('auto', 'on', '--for', '1');
        expect(on.stderr).toMatch(/auto mode is on until \S+ \S+ UTC \(1 h\) \(turn it off: .* auto off\)/);
        const ran = await at.unasked('touch', inside('auto'));
        expect(ran.code).toBe(0);
        expect(ran.stderr).toMatch(/auto mode/);
        expect(existsSync(inside('auto'))).toBe(true);
        expect(await at.explain('touch', 'x')).toMatchObject({ verdict: 'pass', basis: { kind: 'auto' } });
        const { result, notices } = await at.asked('touch', '.git/hooks/pre-commit');
        expect(result.code).toBe(126);
        expect(notices).toContain('touches-gate');
        expect(existsSync(inside('.git/hooks/pre-commit'))).toBe(false);
        expect((await at.developer.run(['status'])).stdout).toMatch(/auto on until .* UTC/);
        expect((await at.developer.run(['doctor'])).stdout).toMatch(/^WARN {2}auto mode +on until/m);
      },
      MINUTE,
    );

    test(
      'ends at once',
      async () => {
        expect(await at.developer.json('auto', 'off')).toEqual({ auto: false, changed: true });
        expect(await at.developer.json('auto', 'off')).toEqual({ auto: false, changed: false });
        expect((await at.asked('touch', 'b')).result.code).toBe(126);
        expect((await at.developer.run(['policy', 'show'])).stdout).toMatch(/taken away here, at once\n {2}.*\n/);
      },
      MINUTE,
    );
  });

  describe(rules('APPR-225')`standing policies of the approver`, () => {
    /** Runs a command that the human approves, with a grant for the same action again. */
    async function granted(...command: string[]): Promise<string> {
      const running = at.developer.start(['run', '--', ...command]);
      const opened = await at.next(running);
      const policyId = await at.human.grant(opened);
      await at.human.decide(opened, 'approve');
      expect((await running.finished()).code).toBe(0);
      await until(async () => (await show()).standing.some((each) => each.policyId === policyId));
      return policyId;
    }

    test(
      'a grant allows exactly this action again, until it is ended here',
      async () => {
        const policyId = await granted('touch', 'granted');
        expect(await at.unasked('touch', 'granted')).toMatchObject({
          code: 0,
          stderr: expect.stringContaining(policyId),
        });
        expect(await at.explain('touch', 'other')).toMatchObject({ verdict: 'ask' });
        expect((await at.developer.run(['policy', 'grants'])).stdout).toContain(`${policyId}  approves `);
        expect(await at.developer.json('policy', 'end-grant', policyId)).toEqual({ grant: policyId, changed: true });
        expect((await at.asked('touch', 'granted')).result.code).toBe(126);
      },
      2 * MINUTE,
    );

    test(
      'or until the approver ends it',
      async () => {
        const policyId = await granted('touch', 'again');
        await at.human.end(policyId);
        await until(async () => !(await show()).standing.some((each) => each.policyId === policyId));
        expect((await at.asked('touch', 'again')).result.code).toBe(126);
      },
      2 * MINUTE,
    );

    test(
      'a grant for one session is listed with it, and ended like any other',
      async () => {
        const line = ['approve', '--command', 'make', '--shell', 'sh', '--session-id', 's-1'];
        const asking = at.developer.start(line);
        const opened = await at.next(asking);
        const policyId = await at.human.grant(opened, { forSession: true });
        await at.human.decide(opened, 'approve');
        expect((await asking.finished()).code).toBe(0);
        await until(async () => (await show()).standing.some((each) => each.policyId === policyId));
        expect((await at.developer.run(['policy', 'grants'])).stdout).toMatch(
          new RegExp(`^${policyId} .* in session s-1 `, 'm'),
        );
        expect((await at.developer.run(line)).code).toBe(0);
        await at.developer.json('policy', 'end-grant', policyId);
        const again = at.developer.start(line);
        await at.human.decide(await at.next(again), 'reject');
        expect((await again.finished()).code).toBe(1);
      },
      2 * MINUTE,
    );

    test(
      rules('DND-070')`a denial needs no answer: 126`,
      async () => {
        const { workspaces } = await at.developer.json<{
          workspaces: readonly { enforcerId: string; workspaceId: string }[];
        }>('status');
        const policyId = await at.human.deny(workspaces[0] ?? { enforcerId: '', workspaceId: '' }, ['touch']);
        await until(async () => (await show()).standing.some((each) => each.policyId === policyId));
        const denied = await at.unasked('touch', 'denied');
        expect(denied.code).toBe(126);
        expect(denied.stderr).toMatch(/denied by policy/);
        expect(existsSync(inside('denied'))).toBe(false);
      },
      2 * MINUTE,
    );
  });
});
