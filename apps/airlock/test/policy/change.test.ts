import { rules } from '@airlock/conformance';
import type { DaemonClient, PolicyChangeEvent } from '@airlock/runtime/client';
import { describe, expect, test } from 'vitest';
import { ask } from '../../src/commands/policy/change.js';
import { recordingCli } from './cli.js';

const SUBMITTED = { event: 'submitted', requestId: 'req-1', expiresAt: 0, summary: 'Auto mode on' } as const;
const APPLIED = { event: 'applied', version: 7, sha256: 'ab', signerKeyId: 'al1.key' } as const;
const TOLD = { line: 'auto mode is on', json: { auto: true } };

interface Daemon {
  readonly client: DaemonClient;
  readonly calls: unknown[];
}

/** A daemon that answers with these events, then waits until the caller goes away when `stays` says so. */
function daemonWith(events: readonly PolicyChangeEvent[], stays = false, lateMs = 0): Daemon {
  const calls: unknown[] = [];
  const client = {
    async *changePolicy(body: unknown, options?: { readonly signal?: AbortSignal }) {
      calls.push({ asked: body });
      if (lateMs > 0) await new Promise((resolve) => setTimeout(resolve, lateMs));
      yield* events;
      if (!stays) return;
      await new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () => {
          calls.push('closed');
          reject(new Error('aborted'));
        });
      });
    },
    withdraw: async (requestId: string, reason: string) => {
      calls.push({ withdrawn: requestId, reason });
      return { withdrawn: true };
    },
  };
  return { client: client as unknown as DaemonClient, calls };
}

function asked(daemon: Daemon, options: { readonly json?: true; readonly signal?: AbortSignal } = {}) {
  const cli = recordingCli();
  const { signal = new AbortController().signal, ...flags } = options;
  const at = { client: daemon.client, workspace: '/w', folder: '/w' };
  const asker = { cli, signal, at, flags: { timeout: 300, ...flags } };
  return { cli, answer: ask(asker, { kind: 'auto-on', until: 5 }, TOLD) };
}

describe(rules('LOC-080')`a loosening asks the approver and says only then that it holds`, () => {
  test('asked, waited for, applied', async () => {
    const daemon = daemonWith([SUBMITTED, APPLIED]);
    const { cli, answer } = asked(daemon);
    expect(await answer).toBe(0);
    expect(daemon.calls).toEqual([
      { asked: { workspace: '/w', change: { kind: 'auto-on', until: 5 }, timeoutSeconds: 300 } },
    ]);
    expect(cli.said).toEqual([
      'airlock: Auto mode on',
      'airlock: waiting for the approver to sign req-1 (Ctrl-C withdraws it)',
      'airlock: auto mode is on',
      expect.stringMatching(/^airlock: signed by al1\.key as version 7; to see all of it: .* policy show$/),
    ]);
    expect(cli.emitted).toEqual([]);
  });

  test('--json prints one document', async () => {
    const { cli, answer } = asked(daemonWith([SUBMITTED, APPLIED]), { json: true });
    await answer;
    expect(cli.emitted.map((line) => JSON.parse(line))).toEqual([
      { auto: true, version: 7, sha256: 'ab', signerKeyId: 'al1.key' },
    ]);
  });

  test('trouble with the gateway is said once per kind', async () => {
    const retrying = { event: 'retrying', requestId: 'req-1', afterMs: 1 } as const;
    const unreachable = { ...retrying, code: 'gateway_unreachable' };
    const { cli, answer } = asked(daemonWith([unreachable, unreachable, { ...retrying, code: 'busy' }, APPLIED]));
    await answer;
    expect(cli.said.filter((line) => line.includes('trying again'))).toHaveLength(2);
  });

  const REFUSALS: ReadonlyArray<{ event: PolicyChangeEvent; code: string; says: RegExp; fix?: string }> = [
    { event: { event: 'refused', outcome: 'rejected', reason: 'no' }, code: 'rejected', says: /^by the approver: no$/ },
    { event: { event: 'refused', outcome: 'rejected' }, code: 'rejected', says: /^by the approver$/ },
    { event: { event: 'refused', outcome: 'policy', code: 'denied' }, code: 'denied', says: /denied by policy/ },
    { event: { event: 'refused', outcome: 'timeout' }, code: 'timeout', says: /nobody answered in time/ },
    { event: { event: 'refused', outcome: 'withdrawn' }, code: 'withdrawn', says: /nothing was changed/ },
    {
      event: {
        event: 'refused',
        outcome: 'failed',
        code: 'HARP_ERR_SIGNATURE_INVALID',
        reason: 'bad',
        fix: 'airlock pair',
      },
      code: 'HARP_ERR_SIGNATURE_INVALID',
      says: /^bad$/,
      fix: 'airlock pair',
    },
    {
      event: { event: 'error', code: 'not_paired', message: 'm', fix: 'airlock pair' },
      code: 'not_paired',
      says: /^m$/,
    },
  ];
  test.each(REFUSALS)('$event: nothing is said to hold', async ({ event, code, says, fix }) => {
    const { cli, answer } = asked(daemonWith([SUBMITTED, event]), { json: true });
    await expect(answer).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
    if (fix !== undefined) await expect(answer).rejects.toMatchObject({ options: { fix } });
    expect(cli.emitted).toEqual([]);
  });

  test('what an approver writes cannot change the terminal', async () => {
    const event = { event: 'refused', outcome: 'rejected', reason: '\u001b[2Jyes' } as const;
    const { answer } = asked(daemonWith([event]));
    await expect(answer).rejects.toMatchObject({ message: 'by the approver: \\u{1B}[2Jyes' });
  });

  test('a daemon that ends without an answer', async () => {
    await expect(asked(daemonWith([SUBMITTED])).answer).rejects.toMatchObject({ code: 'bad_answer' });
  });

  test('an interruption before the request has left waits for it, then withdraws it', async () => {
    const controller = new AbortController();
    const daemon = daemonWith([SUBMITTED], true, 50);
    const { answer } = asked(daemon, { signal: controller.signal });
    controller.abort('SIGINT');
    await expect(answer).rejects.toThrow('aborted');
    expect(daemon.calls.slice(1)).toEqual([{ withdrawn: 'req-1', reason: 'interrupted' }, 'closed']);
  });

  test('an interruption withdraws first, then closes', async () => {
    const controller = new AbortController();
    const daemon = daemonWith([SUBMITTED], true);
    const { cli, answer } = asked(daemon, { signal: controller.signal });
    while (cli.said.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort('SIGINT');
    await expect(answer).rejects.toThrow('aborted');
    expect(daemon.calls.slice(1)).toEqual([{ withdrawn: 'req-1', reason: 'interrupted' }, 'closed']);
  });
});
