import type { RequestBody, RequestEvent } from '@airlock/runtime/client';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { approveCommandLine, type ApproveOptions, type RunDaemon } from '../src/index.js';
import { scratch } from './scratch.js';

type Decided = Extract<RequestEvent, { event: 'decided' }>;

/** A daemon that answers every request alike, and what it was asked. */
function scripted(decision: Omit<Decided, 'event' | 'requestId'>, granted = true) {
  const asked: RequestBody[] = [];
  const calls: string[] = [];
  const daemon: RunDaemon = {
    request: async function* (body) {
      asked.push(body);
      yield { event: 'decided', requestId: 'req-1', ...decision };
    },
    claim: async () => {
      calls.push('claim');
      return granted ? { granted: true } : { granted: false, code: 'policy_changed', message: 'no longer' };
    },
    outcome: async () => {
      calls.push('outcome');
      return { recorded: true };
    },
    withdraw: async () => ({ withdrawn: true }),
  };
  return { daemon, asked, calls };
}

async function approve(desk: ReturnType<typeof scripted>, options: Partial<ApproveOptions> = {}) {
  const said: string[] = [];
  const cwd = scratch();
  const result = await approveCommandLine(
    { commandText: 'ls && pwd', shell: 'bash', cwd, timeoutSeconds: 5, ...options },
    {
      connect: async () => ({ daemon: desk.daemon, workspace: cwd }),
      environment: process.env,
      say: (line) => said.push(line),
    },
  );
  return { result, said };
}

describe(rules('LOC-045')`a command line of another program: nobody asked is not the same as approved`, () => {
  test('passed: exit 0, its own outcome, and why', async () => {
    const basis = { kind: 'gate-off', gate: 'approve' } as const;
    const desk = scripted({ verdict: 'pass', outcome: 'passed', basis });
    const { result, said } = await approve(desk);
    expect(result).toEqual({ exitCode: 0, outcome: 'passed', requestId: 'req-1', basis });
    expect(said).toEqual(['not gated: the signed policy switches the gate "approve" off']);
    expect(desk.calls).toEqual(['claim', 'outcome']);
  });

  test('approved by a pattern: exit 0 and what stands behind it', async () => {
    const basis = { kind: 'pattern', patternIds: ['pat-1'] } as const;
    const desk = scripted({ verdict: 'allow', outcome: 'policy', basis: { ...basis, patternIds: ['pat-1'] } });
    const { result, said } = await approve(desk);
    expect(result).toEqual({ exitCode: 0, outcome: 'approved', requestId: 'req-1', basis });
    expect(said).toEqual(['approved by your signed pattern pat-1 (airlock patterns)']);
  });

  test.each([
    { verdict: 'pass', outcome: 'passed' },
    { verdict: 'allow', outcome: 'policy', basis: { kind: 'unheard-of' } },
    { verdict: 'allow', outcome: 'approved', basis: { kind: 'auto', until: 1 } },
    { verdict: 'allow', outcome: 'policy', basis: { kind: 'handed-over', requestId: 'req-0' } },
    { verdict: 'pass', outcome: 'passed', basis: { kind: 'handed-over', requestId: 'req-0' } },
    { verdict: 'deny', outcome: 'passed', basis: { kind: 'auto', until: 1 } },
    { verdict: 'deny', outcome: 'policy' },
  ])('refused: %j', async (decision) => {
    const desk = scripted(decision as never);
    expect((await approve(desk)).result.exitCode).toBe(1);
    expect(desk.calls).toEqual([]);
  });

  test('a verdict that does not hold any more at the claim refuses', async () => {
    const desk = scripted({ verdict: 'pass', outcome: 'passed', basis: { kind: 'auto', until: 1 } }, false);
    expect((await approve(desk)).result).toMatchObject({ exitCode: 1, outcome: 'failed', code: 'policy_changed' });
    expect(desk.calls).toEqual(['claim']);
  });
});

describe(rules('ART-145')`a command line that another program runs`, () => {
  test('is asked as what it is: claimed', async () => {
    const desk = scripted({ verdict: 'deny', outcome: 'rejected' });
    await approve(desk, { host: 'zsh' });
    expect(desk.asked[0]).toMatchObject({ source: 'zsh', isClaimed: true });
  });
});

describe(rules('INV-34')`facts about the simple commands of the line`, () => {
  const decision = { verdict: 'deny', outcome: 'rejected' } as const;

  test.each([
    { sessionId: undefined, persistentShell: false },
    { sessionId: 'shell-123', persistentShell: true },
  ])('a session is a shell that goes on living: %j', async ({ sessionId, persistentShell }) => {
    const desk = scripted(decision);
    await approve(desk, sessionId === undefined ? {} : { sessionId });
    const [body] = desk.asked;
    expect(body?.facts?.persistentShell).toBe(persistentShell);
    expect(body?.facts?.commands.map(({ argv }) => argv)).toEqual([['ls'], ['pwd']]);
    expect(body?.facts?.commands.map(({ program }) => program === null)).toEqual([false, true]);
  });

  test('a line that is no list of simple commands has none', async () => {
    const desk = scripted(decision);
    await approve(desk, { commandText: 'ls $(pwd)' });
    expect(desk.asked[0]?.facts?.commands).toEqual([]);
  });
});
