import { statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AirlockProcess, json, run, start } from '../e2e/harness/command.js';
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

describe('the terminal approver, with real processes', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
  }, SLOW);
  afterAll(() => site.close(), SLOW);

  const device = () => ['--key-dir', site.approver.keyDir];
  const approver = (...args: string[]) => run(['approver', ...args, ...device()], { home: site.approver.home });

  describe(rules('PAIR-225')`what an approver announces is shown`, () => {
    test(
      'keys without a passphrase, on a loopback gateway',
      async () => {
        const { workspaces } = await site.developer.json<Status>('status');
        expect(workspaces[0]?.capabilities).toEqual(expect.arrayContaining(['unprotected-key', 'same-host']));
        const plain = await site.developer.run(['status']);
        expect(plain.stdout).toContain('verified, unprotected-key, same-host');
      },
      SLOW,
    );
  });

  describe(rules('APPR-170', 'APPR-180')`inbox, show and watch`, () => {
    let command: AirlockProcess;
    let requestId: string;
    beforeAll(async () => {
      command = site.developer.start([
        'run',
        '--label',
        'clean \u202eup',
        '--',
        'printf',
        '%s',
        'a b',
        'caf\u00e9\u202e',
      ]);
      const [item] = await site.approver.pending();
      requestId = item?.requestId ?? '';
    }, SLOW);

    test(
      'inbox --json',
      async () => {
        expect(await site.approver.inbox()).toEqual([
          {
            requestId,
            workspace: 'widgets',
            enforcerLabel: expect.any(String),
            kind: 'command',
            createdAt: expect.stringMatching(/Z$/),
            expiresAt: expect.stringMatching(/Z$/),
            bound: true,
            card: expect.stringMatching(/^card-[0-9a-f]{16}$/),
            count: 1,
          },
        ]);
      },
      SLOW,
    );

    test(
      'show: visible edges, escapes, computed apart from claimed, and nothing for the terminal',
      async () => {
        const { stdout, code } = await approver('show', requestId);
        expect(code).toBe(0);
        const [computed = '', claimed = ''] = stdout.split('CLAIMED by the agent, or by a server where it says so:');
        expect(computed).toContain('|a b|\n');
        expect(computed).toContain('|caf\\u{E9}\\u{202E}|\n');
        expect(computed).toMatch(/Program: \/\S+/);
        expect(computed).toMatch(/Marks: .*bidi/);
        expect(computed).not.toContain('clean');
        expect(claimed).toContain('|clean \\u{202E}up');
        expect(stdout).not.toContain('\u001b');
        expect(stdout).toContain('(of exactly what is shown)');
      },
      SLOW,
    );

    test(
      'show --json has the frozen members',
      async () => {
        const shown = await site.approver.json<Record<string, unknown>>('show', requestId);
        expect(shown).toMatchObject({
          kind: 'command',
          argv: ['printf', '%s', 'a b', 'caf\u00e9\u202e'],
          cwd: site.developer.workspace,
          programSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          artifactHash: expect.stringMatching(/^[0-9a-f]{64}$/),
          assurance: 'verified',
          marks: expect.arrayContaining(['bidi']),
        });
      },
      SLOW,
    );

    test(
      'watch --json streams it, and says when it is gone',
      async () => {
        const watch = start(['approver', 'watch', '--json', ...device()], { home: site.approver.home });
        expect(await watch.event('request')).toMatchObject({ requestId, bound: true });
        await site.approver.reject(requestId, 'seen');
        expect(await watch.event('gone')).toEqual({ event: 'gone', requestId });
        expect((await command.finished()).code).toBe(126);
        watch.kill('SIGINT');
        expect((await watch.finished()).code).toBe(130);
      },
      SLOW,
    );

    test(
      'what is no longer waiting cannot be decided',
      async () => {
        for (const word of ['show', 'approve', 'reject']) {
          const result = await approver(word, requestId);
          expect(result.code).toBe(1);
          expect(result.stderr).toMatch(/^airlock: not_found .*approver inbox/);
        }
      },
      SLOW,
    );
  });

  describe(rules('ENF-180')`files of the approver`, () => {
    test('directory 0700, files 0600', async () => {
      expect(statSync(site.approver.keyDir).mode & 0o777).toBe(0o700);
      for (const name of await readdir(site.approver.keyDir)) {
        expect(statSync(join(site.approver.keyDir, name)).mode & 0o777, name).toBe(0o600);
      }
    });

    test(
      'a second init is refused',
      async () => {
        const pat = join(site.approver.home, 'pat');
        const again = await approver('init', '--gateway', site.gateway.url, '--pat-file', pat, '--no-passphrase');
        expect(again.code).toBe(1);
        expect(again.stderr).toContain('already_enrolled');
        const other = await approver('inbox', '--gateway', 'https://other.example');
        expect(other.stderr).toContain('other_gateway');
      },
      SLOW,
    );
  });

  describe(rules('APPR-010', 'PAIR-110')`another approver, by enrollment link and pre-generated code`, () => {
    let second: { home: string; keyDir: string };
    let recoveryCode: string | undefined;

    test(
      'a one-time link enrolls once',
      async () => {
        const { link } = await site.gateway.admin<{ link: string }>('approver', 'enroll', '--user', 'alice');
        second = { home: site.approver.home, keyDir: join(site.root, 'second') };
        const args = (keyDir: string) => ['approver', 'init', '-', '--no-passphrase', '--json', '--key-dir', keyDir];
        const first = await run(args(second.keyDir), { home: second.home, input: `${link}\n` });
        expect(JSON.parse(first.stdout)).toMatchObject({ gatewayUrl: site.gateway.url, protection: 'none' });
        const again = await run(args(join(site.root, 'third')), { home: second.home, input: `${link}\n` });
        expect(again.code).toBe(1);
      },
      SLOW,
    );

    test(
      'a workspace claims the code that an approver pre-generated',
      async () => {
        const workspace = join(site.root, 'developer', 'gadgets');
        await mkdir(workspace);
        const showing = start(['approver', 'pre-generate', '--json', '--key-dir', second.keyDir], {
          home: second.home,
        });
        const { code } = await showing.event<{ code: string }>('code');
        const claiming = start(['pair', '--claim', '-', '--json'], {
          home: site.developer.home,
          cwd: workspace,
          input: `${code}\n`,
        });
        const paired = await claiming.event<{ assurance: string; recoveryCode?: string }>('paired');
        expect(paired.assurance).toBe('verified');
        recoveryCode = paired.recoveryCode;
        expect(await showing.event('paired')).toMatchObject({ workspaceName: 'gadgets', assurance: 'verified' });
        expect((await showing.finished()).code).toBe(0);
        const rows = await json<unknown[]>(['approver', 'pairings', '--key-dir', second.keyDir], { home: second.home });
        expect(rows).toEqual([
          expect.objectContaining({ workspace: 'gadgets', state: 'Completed', assurance: 'verified' }),
        ]);
      },
      SLOW,
    );

    test(
      'revoking the pairing takes effect at once',
      async () => {
        const workspace = join(site.root, 'developer', 'gadgets');
        const [row] = await json<Array<{ pairingId: string }>>(['approver', 'pairings', '--key-dir', second.keyDir], {
          home: second.home,
        });
        await json(['approver', 'revoke', row?.pairingId ?? '', '--key-dir', second.keyDir], { home: second.home });
        const refused = await run(['run', '--', 'touch', 'revoked'], { home: site.developer.home, cwd: workspace });
        expect(refused.code).toBe(125);
        expect(refused.stderr).toMatch(/^airlock: pairing_revoked /m);
        expect(recoveryCode).toMatch(/^[0-9A-Z-]{20,}$/);
      },
      SLOW,
    );
  });
});
