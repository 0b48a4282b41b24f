import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from './harness/site.js';

/** The whole lifecycle with the built command, three machines' worth of state, real sockets and files. */
describe(rules('ENF-080', 'ENF-140', 'EXCH-150')`from sign-in to a signed approval`, () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.create();
    await site.pair();
  }, 120_000);
  afterAll(() => site.close(), 60_000);

  const out = (name: string) => join(site.developer.workspace, name);

  test('status says who is signed in, what is paired and how far it can be trusted', async () => {
    const status = await site.developer.json<{
      signedIn: boolean;
      gatewayUrl: string;
      workspaces: Array<{ path: string; paired: boolean; assurance: string; failMode: string; auto: boolean }>;
    }>('status');
    expect(status.signedIn).toBe(true);
    expect(status.gatewayUrl).toBe(site.gateway.url);
    expect(status.workspaces).toHaveLength(1);
    expect(status.workspaces[0]).toMatchObject({
      path: site.developer.workspace,
      paired: true,
      assurance: 'verified',
      auto: false,
      failMode: 'closed',
    });
  });

  test('the key that proves approvals is shown as it is to be written into .airlock/approvers', async () => {
    const file = readFileSync(join(site.approver.keyDir, 'keys.json'), 'utf8');
    const { signerPublicKey: key } = JSON.parse(file) as { signerPublicKey: string };
    const line = `ed25519 ${key}`;
    const { workspaces } = await site.developer.json<{ workspaces: Array<{ signerPublicKey: string }> }>('status');
    expect(workspaces.map(({ signerPublicKey }) => signerPublicKey)).toEqual([key]);
    expect((await site.developer.run(['status'])).stdout).toContain(line);
    execFileSync('git', ['init', '-q', site.developer.workspace]);
    const installed = await site.developer.run(['git', 'install', '--repository', 'example.org/widgets']);
    expect(installed.stderr).toContain(`put this line into .airlock/approvers: ${line}\n`);
    expect((await site.developer.run(['git', 'status'])).stdout).toMatch(new RegExp(`^approver +${line}$`, 'm'));
    await site.developer.run(['git', 'uninstall']);
  });

  test('an approved command runs, once, and the approver saw exactly what ran', async () => {
    const command = site.developer.start(['run', '--', 'sh', '-c', 'echo hi > out.txt']);
    const [request] = await site.approver.pending();
    expect(existsSync(out('out.txt'))).toBe(false);
    const shown = await site.approver.json<Record<string, unknown>>('show', request?.requestId ?? '');
    const sh = realpathSync('/bin/sh');
    expect(shown).toMatchObject({
      kind: 'command',
      argv: ['sh', '-c', 'echo hi > out.txt'],
      cwd: site.developer.workspace,
      program: sh,
      programSha256: createHash('sha256').update(readFileSync(sh)).digest('hex'),
      assurance: 'verified',
    });
    expect(request?.bound).toBe(true);
    const decided = { requestId: request?.requestId, decision: 'approve', accepted: true };
    expect(await site.approver.approve(request?.requestId ?? '')).toEqual({
      ...decided,
      requests: [decided],
      stillWaiting: [],
    });
    expect((await command.finished()).code).toBe(0);
    expect(readFileSync(out('out.txt'), 'utf8')).toBe('hi\n');
    expect(await site.approver.inbox()).toEqual([]);
  }, 60_000);

  test('a rejected command does not run, exits 126 and says why', async () => {
    const command = site.developer.start(['run', '--', 'sh', '-c', 'echo no > rejected.txt']);
    const [request] = await site.approver.pending();
    await site.approver.reject(request?.requestId ?? '', 'not on a Friday');
    const result = await command.finished();
    expect(result.code).toBe(126);
    expect(result.stderr).toContain('not on a Friday');
    expect(existsSync(out('rejected.txt'))).toBe(false);
  }, 60_000);

  test('without an answer nothing runs and the exit code is 124', async () => {
    const command = site.developer.start(['run', '--timeout', '3', '--', 'sh', '-c', 'echo no > silent.txt']);
    await site.approver.pending();
    expect((await command.finished()).code).toBe(124);
    expect(existsSync(out('silent.txt'))).toBe(false);
    expect(await site.approver.inbox()).toEqual([]);
  }, 60_000);

  test('an interrupt withdraws the request and exits 130', async () => {
    const command = site.developer.start(['run', '--', 'sh', '-c', 'echo no > interrupted.txt']);
    await site.approver.pending();
    command.kill('SIGINT');
    expect((await command.finished()).code).toBe(130);
    expect(await site.approver.inbox()).toEqual([]);
    expect(existsSync(out('interrupted.txt'))).toBe(false);
  }, 60_000);

  test.each([
    { title: "the child's own code", argv: ['sh', '-c', 'exit 7'], code: 7 },
    { title: '128 + n for a signal', argv: ['sh', '-c', 'kill -TERM $$'], code: 143 },
  ])(
    'passes on $title',
    async ({ argv, code }) => {
      const command = site.developer.start(['run', '--', ...argv]);
      const [request] = await site.approver.pending();
      await site.approver.approve(request?.requestId ?? '');
      expect((await command.finished()).code).toBe(code);
    },
    60_000,
  );

  test('a command that does not exist is 127 before anybody is asked', async () => {
    const result = await site.developer.run(['run', '--', 'no-such-program-here']);
    expect(result.code).toBe(127);
    expect(await site.approver.inbox()).toEqual([]);
  }, 60_000);

  test('standard streams reach the child unchanged', async () => {
    const command = site.developer.start(['run', '--', 'sh', '-c', 'echo to-stderr >&2; echo to-stdout']);
    const [request] = await site.approver.pending();
    await site.approver.approve(request?.requestId ?? '');
    const result = await command.finished();
    expect(result.stdout).toBe('to-stdout\n');
    expect(result.stderr).toContain('to-stderr\n');
  }, 60_000);

  test('the audit log holds every outcome and verifies', async () => {
    const log = await site.developer.json<{ ok: boolean; entries: number; brokenAt: unknown }>('audit', 'verify');
    expect(log.ok).toBe(true);
    expect(log.entries).toBeGreaterThan(5);
  });

  test('after unpair everything is refused, and the pin stays', async () => {
    expect((await site.developer.run(['unpair'])).code).toBe(0);
    const refused = await site.developer.run(['run', '--', 'sh', '-c', 'echo no > unpaired.txt']);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toMatch(/^airlock: /);
    expect(refused.stderr).toContain('main.js pair)');
    expect(existsSync(out('unpaired.txt'))).toBe(false);
  }, 60_000);

  test('after sign-out everything is refused', async () => {
    expect((await site.developer.run(['sign-out'])).code).toBe(0);
    const refused = await site.developer.run(['run', '--', 'true']);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toContain('main.js sign-in --gateway URL)');
  }, 60_000);
});
