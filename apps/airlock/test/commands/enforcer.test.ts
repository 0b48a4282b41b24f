import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, start } from '../e2e/harness/command.js';
import { Site } from '../e2e/harness/site.js';

const SLOW = 90_000;

interface Status {
  readonly signedIn: boolean;
  readonly daemon: { readonly running: boolean; readonly pid: number | null };
  readonly workspaces: ReadonlyArray<{
    path: string;
    paired: boolean;
    assurance: string;
    capabilities: readonly string[];
  }>;
}

describe('the commands of the workspace, with real processes', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
  }, SLOW);
  afterAll(() => site.close(), SLOW);

  describe(rules('ENF-150', 'ENF-060')`approve: 0, 1, 3 and 130`, () => {
    const line = 'rm -rf build && make';
    const ask = (...args: string[]) =>
      site.developer.start(['approve', '--command', line, '--shell', 'sh', '--json', ...args]);

    test(
      'approved: 0, and the shell and its line were shown',
      async () => {
        const asking = ask('--host', 'demo', '--session-id', 's-1');
        const [item] = await site.approver.pending();
        const shown = await site.approver.json<Record<string, unknown>>('show', item?.requestId ?? '');
        expect(shown).toMatchObject({
          commandText: line,
          source: 'demo',
          sessionId: 's-1',
          shell: expect.stringMatching(/^\//),
        });
        await site.approver.approve(item?.requestId ?? '');
        const result = await asking.finished();
        expect(result.code).toBe(0);
        expect(JSON.parse(result.stdout)).toMatchObject({ outcome: 'approved', requestId: item?.requestId });
      },
      SLOW,
    );

    test(
      'rejected: 1 and the reason',
      async () => {
        const asking = ask();
        const [item] = await site.approver.pending();
        await site.approver.reject(item?.requestId ?? '', 'use make clean');
        const result = await asking.finished();
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('use make clean');
      },
      SLOW,
    );

    test(
      'nobody answers: 3',
      async () => {
        expect((await ask('--timeout', '1').finished()).code).toBe(3);
      },
      SLOW,
    );

    test(
      'interrupted: 130, withdrawn',
      async () => {
        const asking = ask();
        await site.approver.pending();
        asking.kill('SIGINT');
        expect((await asking.finished()).code).toBe(130);
        expect(await site.approver.inbox()).toEqual([]);
      },
      SLOW,
    );

    test(
      'an unpaired folder: 1',
      async () => {
        const result = await run(['approve', '--command', 'ls', '--cwd', '/'], { home: site.developer.home });
        expect(result.code).toBe(1);
        expect(result.stderr).toMatch(/^airlock: not_paired /);
      },
      SLOW,
    );
  });

  test(
    'run --json says how it ended, on standard output, after the command',
    async () => {
      const running = site.developer.start(['run', '--json', '--', 'echo', 'mine']);
      const [item] = await site.approver.pending();
      await site.approver.approve(item?.requestId ?? '');
      const result = await running.finished();
      const [first, second] = result.stdout.trimEnd().split('\n');
      expect(first).toBe('mine');
      expect(JSON.parse(second ?? '')).toEqual({
        exitCode: 0,
        outcome: 'executed',
        decision: 'approved',
        requestId: item?.requestId,
      });
    },
    SLOW,
  );

  test(
    'run finds the paired workspace from a folder inside it',
    async () => {
      const inside = join(site.developer.workspace, 'deep', 'er');
      await mkdir(inside, { recursive: true });
      const running = start(['run', '--', 'pwd'], { home: site.developer.home, cwd: inside });
      const [item] = await site.approver.pending();
      await site.approver.approve(item?.requestId ?? '');
      expect(await running.finished()).toMatchObject({ code: 0, stdout: `${inside}\n` });
    },
    SLOW,
  );

  describe(rules('LOC-060', 'LOC-065')`stopping the daemon denies until it is started again`, () => {
    test(
      'stop, run, status, start',
      async () => {
        const pid = await site.developer.daemonPid();
        expect(await site.developer.json('daemon', 'stop')).toEqual({ stopped: true, pid });
        const refused = await site.developer.run(['run', '--', 'touch', 'stopped']);
        expect(refused.code).toBe(125);
        expect(refused.stderr).toMatch(/^airlock: daemon_stopped .*daemon start/);
        expect(await site.developer.json<Status>('status')).toMatchObject({ daemon: { running: false, pid: null } });
        expect(await site.developer.json('daemon', 'status')).toEqual({
          running: false,
          pid: null,
          stoppedByUser: true,
        });
        expect(await site.developer.json('daemon', 'start')).toMatchObject({ running: true });
        expect(await site.developer.json<Status>('status')).toMatchObject({
          signedIn: true,
          daemon: { running: true },
        });
      },
      SLOW,
    );
  });

  test(
    'doctor --json',
    async () => {
      const { ok, checks } = await site.developer.json<{ ok: boolean; checks: Array<Record<string, unknown>> }>(
        'doctor',
      );
      expect(checks.filter((check) => !check['ok'])).toEqual([]);
      expect(ok).toBe(true);
      for (const check of checks) {
        expect(Object.keys(check).sort()).toEqual(['detail', 'fix', 'name', 'ok', 'onFailure']);
        expect(check['onFailure']).not.toBe('');
      }
      const elsewhere = await run(['doctor', '--json'], { home: site.developer.home, cwd: '/' });
      expect(elsewhere.code).toBe(1);
      expect(JSON.parse(elsewhere.stdout).checks.find((check: { name: string }) => check.name === 'pairing').ok).toBe(
        false,
      );
    },
    SLOW,
  );

  test(
    'audit list, show and verify',
    async () => {
      const all = await site.developer.json<Array<{ id: number; kind: string; requestId?: string }>>('audit', 'list');
      const decided = all.filter((entry) => entry.kind === 'request.decided').at(-1);
      const shown = await site.developer.json<Array<{ requestId: string }>>('audit', 'show', decided?.requestId ?? '');
      expect(shown.length).toBeGreaterThan(2);
      expect(shown.every((entry) => entry.requestId === decided?.requestId)).toBe(true);
      expect(await site.developer.json('audit', 'verify')).toEqual({
        ok: true,
        entries: expect.any(Number),
        brokenAt: null,
      });
      expect((await site.developer.run(['audit', 'show', 'req-none'])).code).toBe(1);
    },
    SLOW,
  );

  test(
    'audit export and key: the log as it is, and one attestation of every approval',
    async () => {
      const log: { verification: object; entries: Array<{ kind: string }> } = JSON.parse(
        (await site.developer.run(['audit', 'export'])).stdout,
      );
      expect(log.verification).toEqual({ ok: true, entries: expect.any(Number), brokenAt: null });
      const recorded = log.entries.filter(({ kind }) => kind === 'approval.recorded');
      const dsse = await site.developer.run(['audit', 'export', '--format', 'dsse']);
      expect(dsse.code).toBe(0);
      const envelopes = dsse.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(envelopes.length).toBeGreaterThan(0);
      expect(envelopes).toHaveLength(recorded.length);
      const { keyId } = await site.developer.json<{ keyId: string }>('audit', 'key');
      for (const { signatures } of envelopes) expect(signatures).toMatchObject([{ keyid: keyId }]);
    },
    SLOW,
  );

  test('the log of the daemon holds no secret', async () => {
    const log = readFileSync(join(site.developer.home, 'state', 'log', 'daemon.log'), 'utf8');
    expect(log).not.toContain(site.enforcerPat);
  });
});
