import { rules } from '@airlock/conformance';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RuntimeError } from '../../src/errors.js';
import type { CallPorts, IncidentPlace } from '../../src/host/call-ports.js';
import type { HostCall, HostRefusal, HostVerdict } from '../../src/host/host-desk.js';
import { JoinedCalls } from '../../src/host/joined-calls.js';
import { callFor, describedCommand, HOST, inputOf } from '../support/host.js';
import { HandClock, ScriptedRequests, settled } from '../support/scripted-requests.js';

const APPROVED = { verdict: 'allow', outcome: 'approved' } as const;
const WS = '/work-folder';

let clock: HandClock;
let scripted: ScriptedRequests;
let calls: JoinedCalls;
let incidents: { code: string; place: IncidentPlace }[];
let closed: HostRefusal | null;
let handOver: string[];

beforeEach(() => {
  clock = new HandClock();
  scripted = new ScriptedRequests(clock);
  incidents = [];
  handOver = [];
  closed = null;
  const ports: CallPorts = {
    ports: clock.ports,
    requests: scripted.requests,
    handOver: {
      given: (requestId) => handOver.push(`given ${requestId}`),
      ended: (requestId) => handOver.push(`ended ${requestId}`),
    },
    closed: () => closed,
    incident: (place, code) => incidents.push({ place, code }),
  };
  calls = new JoinedCalls(ports);
});

interface Layer {
  readonly verdict: () => HostVerdict | null;
  readonly leave: () => Promise<void>;
}

/** A layer that reports and waits. */
async function layer(name: string, over: Partial<HostCall> = {}): Promise<Layer> {
  const gone = new AbortController();
  let verdict: HostVerdict | null = null;
  const waiting = calls.decide(callFor(WS, { layer: name, signal: gone.signal, ...over }));
  waiting.then(
    (given) => {
      verdict = given;
    },
    () => undefined,
  );
  await settled();
  return {
    verdict: () => verdict,
    leave: async () => {
      gone.abort();
      await settled();
    },
  };
}

/** What a layer gets that reports when everything is decided. */
const verdictOf = async (name: string, over: Partial<HostCall> = {}) => (await layer(name, over)).verdict();

async function decide(event: Parameters<ScriptedRequests['all'][number]['decide']>[0] = APPROVED) {
  scripted.all.at(-1)?.decide(event);
  await settled();
}

const codes = () => incidents.map(({ code }) => code);
const end = (result: 'succeeded' | 'failed', incident?: string) =>
  calls.ended({
    host: HOST,
    sessionId: 's-1',
    toolUseId: 'toolu_1',
    result,
    ...(incident === undefined ? {} : { incident }),
  });

describe(rules('LOC-147')`whoever hands approvals over is told`, () => {
  it('when the host has got one, not before, and when its call is over', async () => {
    await layer('PreToolUse');
    expect(handOver).toEqual([]);
    await decide();
    expect(handOver).toEqual(['given req-1']);
    end('succeeded');
    expect(handOver).toEqual(['given req-1', 'ended req-1']);
  });

  it.each<[string, () => unknown]>([
    ['is over', () => end('failed')],
    ['is refused because of other input', () => layer('tool.check', { inputJson: inputOf('rm -rf /') })],
    ['ends with its session', () => calls.sessionEnded(HOST, 's-1')],
  ])('that nothing is handed over any more when the call %s', async (_, happens) => {
    await layer('PreToolUse');
    await decide();
    await happens();
    expect(handOver.at(-1)).toBe('ended req-1');
  });

  it('that nothing is, of an approval that nobody was there to get', async () => {
    const gone = await layer('PreToolUse');
    scripted.hold = async (what) => (what === 'granted' ? await gone.leave() : undefined);
    await decide();
    await settled();
    expect(handOver).toEqual(['ended req-1']);
  });
});

describe(rules('LOC-145')`what is one call`, () => {
  it.each<[string, Partial<HostCall>]>([
    ['another layer', {}],
    ['one that does not know the folder', { cwd: null }],
    ['one that waits for a moment only', { waitMs: 10 }],
  ])('%s joins it', async (_, over) => {
    const first = await layer('PreToolUse');
    const second = await layer('tool.run', over);
    expect(scripted.all).toHaveLength(1);
    await decide();
    expect(second.verdict()).toEqual(first.verdict());
    expect(first.verdict()).toMatchObject({ permission: 'allow', requestId: 'req-1' });
    expect(scripted.all[0]?.claims).toBe(1);
  });

  it.each<[string, Partial<HostCall>]>([
    ['a call of another session', { sessionId: 's-2' }],
    ['another call of the session', { toolUseId: 'toolu_2' }],
    ['a call of another host', { host: 'other' }],
    ['a call without a tool-use id', { toolUseId: null }],
  ])('%s is asked on its own', async (_, over) => {
    await layer('PreToolUse');
    await layer('tool.run', over);
    expect(scripted.all).toHaveLength(2);
  });

  it('calls without a tool-use id are never joined, and wait to the end', async () => {
    const first = await layer('PreToolUse', { toolUseId: null, waitMs: 10 });
    const second = await layer('PreToolUse', { toolUseId: null, waitMs: 10 });
    expect(scripted.all).toHaveLength(2);
    await clock.advance(60_000);
    expect([first.verdict(), second.verdict(), calls.busy]).toEqual([null, null, true]);
    await decide();
    expect([first.verdict(), second.verdict()]).toMatchObject([null, { permission: 'allow', requestId: 'req-2' }]);
    await first.leave();
    expect([scripted.all[0]?.withdrawn, calls.busy]).toEqual([true, false]);
  });

  it.each<[string, Partial<HostCall>]>([
    ['input', { inputJson: inputOf('rm -rf /') }],
    ['white space in the input', { inputJson: ' {"command":"echo hi"}' }],
    ['tool', { tool: 'Write' }],
    ['agent', { agentId: 'a1' }],
    ['folder', { cwd: '/' }],
  ])('another %s under its ids is refused, for good, and on record', async (_, over) => {
    await layer('PreToolUse');
    await decide();
    expect(await verdictOf('tool.check', over)).toMatchObject({ permission: 'deny', code: 'input_changed' });
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'input_changed' });
    expect(incidents).toMatchObject([
      { code: 'input_changed', place: { toolUseId: 'toolu_1', layer: 'tool.check', requestId: 'req-1' } },
    ]);
  });

  it.each([
    ['an empty session id', { sessionId: '' }],
    ['a session id of 201 characters', { sessionId: 'x'.repeat(201) }],
    ['an empty tool-use id', { toolUseId: '' }],
    ['a tool-use id of 201 characters', { toolUseId: 'x'.repeat(201) }],
    ['input that is no text', { inputJson: '\ud800' }],
  ])('%s is refused', async (_, over) => {
    expect(await verdictOf('PreToolUse', over)).toMatchObject({ permission: 'deny', isHuman: false });
    expect(scripted.all).toEqual([]);
  });
});

describe(rules('INV-18')`what is looked at again`, () => {
  it.each([
    ['an approval', APPROVED, null],
    [
      'a pattern',
      { verdict: 'pass', outcome: 'passed', basis: { kind: 'pattern', patternIds: ['p-1'] } },
      { kind: 'pattern', patternIds: ['p-1'] },
    ],
  ] as const)('is told what lets the call through: %s', async (_, event, basis) => {
    const recheck = vi.fn(async () => null);
    const call = callFor(WS);
    await layer('PreToolUse', { describe: async () => ({ ...(await call.describe()), recheck }) });
    await decide(event as Parameters<typeof decide>[0]);
    expect(recheck.mock.calls).toEqual([[basis]]);
  });
});

describe(rules('LOC-145', 'LOC-045')`what a layer gets`, () => {
  it.each<[string, Parameters<typeof decide>[0], object]>([
    ['an approval', APPROVED, { permission: 'allow', requestId: 'req-1', basis: null }],
    [
      'a grant',
      { verdict: 'allow', outcome: 'policy', basis: { kind: 'grant', policyId: 'dnd-1' } },
      { permission: 'allow', requestId: 'req-1', basis: { kind: 'grant', policyId: 'dnd-1' } },
    ],
    [
      'a pass',
      { verdict: 'pass', outcome: 'passed', basis: { kind: 'read' } },
      { permission: 'pass', requestId: 'req-1', basis: { kind: 'read' } },
    ],
    [
      'a pass with nothing behind it',
      { verdict: 'pass', outcome: 'passed' },
      { permission: 'deny', requestId: 'req-1', code: 'internal_error', isHuman: false },
    ],
    [
      'a rejection with a reason',
      { verdict: 'deny', outcome: 'rejected', code: 'rejected', reason: 'not on a Friday' },
      { permission: 'deny', requestId: 'req-1', code: 'rejected', reason: 'not on a Friday', isHuman: true },
    ],
    [
      'a rejection without one',
      { verdict: 'deny', outcome: 'rejected' },
      { permission: 'deny', requestId: 'req-1', code: 'rejected', reason: '', isHuman: true },
    ],
    [
      'a timeout',
      { verdict: 'deny', outcome: 'timeout', code: 'deadline_passed', reason: 'nobody answered in time' },
      {
        permission: 'deny',
        requestId: 'req-1',
        code: 'deadline_passed',
        reason: 'nobody answered in time',
        isHuman: false,
      },
    ],
    [
      'a refusal with a fix',
      { verdict: 'deny', outcome: 'failed', code: 'not_paired', reason: 'no approver', fix: 'airlock pair' },
      {
        permission: 'deny',
        requestId: 'req-1',
        code: 'not_paired',
        reason: 'no approver',
        fix: 'airlock pair',
        isHuman: false,
      },
    ],
  ])('for %s', async (_, event, expected) => {
    const waiting = [await layer('PreToolUse'), await layer('tool.run')];
    await decide(event);
    expect(waiting.map((one) => one.verdict())).toEqual([expect.objectContaining(expected), waiting[0]?.verdict()]);
  });

  const failing = (thrown: unknown) => ({
    describe: async () => {
      throw thrown;
    },
  });

  it.each<[string, Partial<HostCall>, object]>([
    [
      'an action that cannot be described',
      failing(new RuntimeError('bad_request', 'the file is gone', { fix: 'ls' })),
      { code: 'bad_request', reason: 'the file is gone', fix: 'ls' },
    ],
    ['a description that breaks', failing(new Error('boom')), { code: 'internal_error', reason: 'boom' }],
    [
      'the description of another input',
      { describe: async () => describedCommand(WS, inputOf('echo harmless')) },
      { code: 'not_the_call' },
    ],
    [
      'the description of another tool',
      {
        describe: async () => {
          const described = describedCommand(WS, inputOf('echo hi'));
          return { ...described, action: { ...described.action, tool: 'Read' } };
        },
      },
      { code: 'not_the_call' },
    ],
    ['a wait of no length', { timeoutSeconds: 0 }, { code: 'bad_request' }],
    [
      'a workspace that is no path',
      { describe: async () => describedCommand(WS, inputOf('echo hi'), { workspace: 'here' }) },
      { code: 'bad_request' },
    ],
  ])('for %s: nobody is asked', async (_, over, expected) => {
    expect(await verdictOf('PreToolUse', over)).toMatchObject({ permission: 'deny', requestId: null, ...expected });
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', ...expected });
    expect(scripted.all).toEqual([]);
  });

  it('is given once: the second collection of what permits is refused and on record', async () => {
    await layer('PreToolUse');
    await decide();
    expect(await verdictOf('PreToolUse')).toMatchObject({ permission: 'deny', code: 'collected_again' });
    expect(incidents).toMatchObject([{ code: 'collected_again', place: { layer: 'PreToolUse' } }]);
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'allow' });
  });

  it('a refusal is not used up: a layer that the host runs again gets the same reason, and nothing is on record', async () => {
    await layer('PreToolUse');
    await decide({ verdict: 'deny', outcome: 'rejected', reason: 'not today' });
    const first = await verdictOf('tool.check');
    expect(first).toMatchObject({ permission: 'deny', reason: 'not today' });
    expect(await verdictOf('tool.check')).toEqual(first);
    expect(incidents).toEqual([]);
  });

  it('is refused to everybody when other input comes in the moment of the approval, or of the claim', async () => {
    const atApproval = await layer('PreToolUse');
    scripted.all[0]?.decide(APPROVED);
    await layer('tool.check', { inputJson: inputOf('rm -rf /') });
    expect(atApproval.verdict()).toMatchObject({ permission: 'deny', code: 'input_changed' });
    expect(scripted.all).toMatchObject([{ claims: 0, withdrawn: true }]);

    let go: () => void = () => undefined;
    scripted.hold = async (what) =>
      what === 'granted' ? await new Promise<void>((resolve) => (go = resolve)) : undefined;
    const atClaim = await layer('PreToolUse', { toolUseId: 'toolu_2' });
    await decide();
    await layer('tool.check', { toolUseId: 'toolu_2', inputJson: inputOf('rm -rf /') });
    go();
    await settled();
    expect(atClaim.verdict()).toMatchObject({ permission: 'deny', code: 'input_changed' });
    expect(scripted.all[1]).toMatchObject({ claims: 1, outcomes: [{ result: 'not-started' }] });
  });

  it('two connections of one layer: one is given it', async () => {
    const both = [await layer('PreToolUse'), await layer('PreToolUse')];
    await decide();
    expect(both.map((one) => one.verdict())).toMatchObject([
      { permission: 'allow' },
      { permission: 'deny', code: 'collected_again' },
    ]);
    expect(scripted.all[0]?.claims).toBe(1);
  });
});

describe(rules('LOC-145', 'ENF-140')`what holds no more`, () => {
  const changes = (when: number, how: () => Promise<HostRefusal | null>): Partial<HostCall> => {
    let n = 0;
    const recheck = async () => ((n += 1) >= when ? await how() : null);
    return { describe: async () => describedCommand(WS, inputOf('echo hi'), { recheck }) };
  };
  const gone = async () => ({ code: 'file_changed', message: 'the file changed' });

  it('before the claim: nothing is claimed, the approval is withdrawn', async () => {
    const waiting = await layer('PreToolUse', changes(1, gone));
    await decide();
    expect(waiting.verdict()).toMatchObject({ permission: 'deny', code: 'file_changed', reason: 'the file changed' });
    expect(scripted.all).toMatchObject([{ claims: 0, withdrawn: true }]);
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'file_changed' });
  });

  it('before a later layer: that one and all after it are refused', async () => {
    const waiting = await layer('PreToolUse', changes(2, gone));
    await decide();
    expect(waiting.verdict()).toMatchObject({ permission: 'allow' });
    expect(await verdictOf('tool.check')).toMatchObject({ permission: 'deny', code: 'file_changed' });
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'file_changed' });
    expect(scripted.all).toMatchObject([{ claims: 1, outcomes: [] }]);
  });

  it('a check that breaks is a refusal', async () => {
    const waiting = await layer(
      'PreToolUse',
      changes(1, async () => {
        throw new Error('no such file');
      }),
    );
    await decide();
    expect(waiting.verdict()).toMatchObject({ permission: 'deny', code: 'internal_error', reason: 'no such file' });
  });

  it('an approval that lapsed before it was claimed', async () => {
    const waiting = await layer('PreToolUse', { timeoutSeconds: 60 });
    scripted.hold = async () => await clock.advance(60_000);
    await decide();
    await settled();
    expect(waiting.verdict()).toMatchObject({ permission: 'deny', code: 'not_approved' });
  });

  it('an approval that lapsed while it was claimed: it ends as not started', async () => {
    const waiting = await layer('PreToolUse', { timeoutSeconds: 60 });
    scripted.hold = async (what) => (what === 'granted' ? await clock.advance(60_000) : undefined);
    await decide();
    await settled();
    expect(waiting.verdict()).toMatchObject({ permission: 'deny', code: 'verdict_lapsed' });
    expect(scripted.all).toMatchObject([{ claims: 1, outcomes: [{ result: 'not-started', code: 'verdict_lapsed' }] }]);
  });

  it.each([
    [59_999, 'allow'],
    [60_000, 'deny'],
  ])('an allow %i ms after it was asked: %s', async (after, permission) => {
    await layer('PreToolUse', { timeoutSeconds: 60 });
    await decide();
    await clock.advance(after);
    expect(await verdictOf('tool.run')).toMatchObject({ permission });
  });

  it('a pass holds until the call ends', async () => {
    await layer('PreToolUse', { timeoutSeconds: 60 });
    await decide({ verdict: 'pass', outcome: 'passed', basis: { kind: 'read' } });
    await clock.advance(3_600_000);
    expect(await verdictOf('tool.check')).toMatchObject({ permission: 'pass' });
    end('succeeded');
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'call_over' });
    expect(codes()).toEqual(['call_over']);
  });

  it('sign-out, unpairing or a damaged state between two layers', async () => {
    await layer('PreToolUse');
    await decide();
    closed = { code: 'signed_out', message: 'you signed out', fix: 'airlock sign-in' };
    const expected = { permission: 'deny', code: 'signed_out', reason: 'you signed out', fix: 'airlock sign-in' };
    expect(await verdictOf('tool.check')).toMatchObject(expected);
    closed = null;
    expect(await verdictOf('tool.run')).toMatchObject(expected);
  });
});

describe(rules('LOC-145', 'EXCH-150')`nobody waits any more`, () => {
  it('when the last connection is gone: withdrawn at once', async () => {
    const [one, other] = [await layer('PreToolUse'), await layer('tool.run')];
    await one.leave();
    expect(scripted.all[0]?.withdrawn).toBe(false);
    await other.leave();
    expect(scripted.all[0]?.withdrawn).toBe(true);
    expect(calls.busy).toBe(false);
    expect(await verdictOf('tool.check')).toMatchObject({ permission: 'deny', code: 'withdrawn' });
  });

  it('when a layer that should ask again does not within 5 s', async () => {
    const waiting = await layer('tool.run', { waitMs: 20_000 });
    await clock.advance(20_000);
    expect(waiting.verdict()).toEqual({ permission: 'pending' });
    await clock.advance(4999);
    expect([scripted.all[0]?.withdrawn, calls.busy]).toEqual([false, true]);
    await clock.advance(1);
    expect([scripted.all[0]?.withdrawn, calls.busy]).toEqual([true, false]);
  });

  it('a layer that asks again in time gets the verdict, also one that came meanwhile', async () => {
    await layer('tool.run', { waitMs: 20_000 });
    for (let n = 0; n < 5; n += 1) {
      await clock.advance(24_000);
      await layer('tool.run', { waitMs: 20_000 });
    }
    await clock.advance(20_000);
    await decide();
    expect(scripted.all[0]?.claims).toBe(0);
    await clock.advance(4000);
    expect(await verdictOf('tool.run', { waitMs: 20_000 })).toMatchObject({ permission: 'allow', requestId: 'req-1' });
  });

  it('a connection that goes while another layer is to ask again withdraws nothing', async () => {
    await layer('tool.run', { waitMs: 1000 });
    const other = await layer('PreToolUse');
    await clock.advance(1000);
    await other.leave();
    expect(scripted.all[0]?.withdrawn).toBe(false);
    await clock.advance(5000);
    expect(scripted.all[0]?.withdrawn).toBe(true);
  });

  it('a layer that came back and left is not waited for', async () => {
    await layer('tool.run', { waitMs: 1000 });
    await clock.advance(1000);
    await (await layer('tool.run')).leave();
    expect(scripted.all[0]?.withdrawn).toBe(true);
  });

  it('an approval that nobody is there for is withdrawn, not claimed', async () => {
    await layer('tool.run', { waitMs: 1000 });
    await clock.advance(1000);
    await decide();
    await clock.advance(5000);
    expect(scripted.all).toMatchObject([{ claims: 0, withdrawn: true }]);
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'withdrawn' });
  });

  it('a claim that nobody is there for any more ends as not started', async () => {
    let go: () => void = () => undefined;
    scripted.hold = async (what) =>
      what === 'granted' ? await new Promise<void>((resolve) => (go = resolve)) : undefined;
    const waiting = await layer('PreToolUse');
    await decide();
    await waiting.leave();
    go();
    await settled();
    expect(scripted.all).toMatchObject([{ claims: 1, outcomes: [{ result: 'not-started' }] }]);
    expect(await verdictOf('tool.run')).toMatchObject({ permission: 'deny', code: 'withdrawn' });
  });

  it('while it is described: nobody is asked', async () => {
    let go: () => void = () => undefined;
    const described = new Promise<void>((resolve) => (go = resolve));
    const waiting = await layer('PreToolUse', {
      describe: async () => {
        await described;
        return describedCommand(WS, inputOf('echo hi'));
      },
    });
    await waiting.leave();
    go();
    await settled();
    expect(scripted.all).toEqual([]);
  });
});

describe(rules('LOC-145', 'ENF-190')`how a call ends`, () => {
  it.each([
    ['succeeded', 0],
    ['failed', 1],
  ] as const)('%s: exit %i is on record, once', async (result, exitCode) => {
    await layer('PreToolUse');
    await decide();
    end(result);
    end(result);
    expect(scripted.all[0]?.outcomes).toEqual([{ result: 'exited', exitCode }]);
    expect(codes()).toEqual([]);
  });

  it('differently from what was approved: on record', async () => {
    await layer('PreToolUse');
    await decide();
    end('succeeded', 'file_mismatch');
    expect(incidents).toMatchObject([{ code: 'file_mismatch', place: { toolUseId: 'toolu_1', requestId: 'req-1' } }]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['rejected', async () => await decide({ verdict: 'deny', outcome: 'rejected' })],
    ['still open', async () => undefined],
    [
      'refused to a later layer',
      async () => {
        await decide();
        await verdictOf('tool.run', { inputJson: inputOf('other') });
      },
    ],
  ])('although it was %s: on record, and nothing of it stays open', async (_, happens) => {
    await layer('PreToolUse');
    await happens();
    incidents.length = 0;
    end('failed');
    expect(codes()).toEqual([]);
    await layer('PreToolUse', { toolUseId: 'toolu_2' });
    end('succeeded');
    expect(calls.busy).toBe(true);
    calls.sessionEnded(HOST, 's-1');
    expect(calls.busy).toBe(false);
    expect(codes()).toEqual(['ran_unapproved']);
  });

  it('of a call that nobody reported: nothing', () => {
    end('succeeded');
    expect(codes()).toEqual([]);
  });

  it('with its session: what is open is withdrawn, what ran has an unknown end, and nothing is remembered', async () => {
    await layer('PreToolUse', { toolUseId: 'toolu_2' });
    await decide();
    const waiting = await layer('PreToolUse');
    const alone = await layer('PreToolUse', { toolUseId: null });
    const other = await layer('PreToolUse', { sessionId: 's-2' });
    calls.sessionEnded(HOST, 's-1');
    await settled();
    expect(waiting.verdict()).toMatchObject({ permission: 'deny', code: 'session_over' });
    expect(alone.verdict()).toMatchObject({ permission: 'deny', code: 'session_over' });
    expect(other.verdict()).toBe(null);
    expect(scripted.all.map((one) => one.withdrawn)).toEqual([false, true, true, false]);
    expect(scripted.all[0]?.outcomes).toEqual([{ result: 'unknown' }]);
    await layer('tool.run', { toolUseId: 'toolu_2' });
    expect(scripted.all).toHaveLength(5);
  });
});

describe(rules('LOC-145')`memory`, () => {
  it('holds a thousand calls that ended; the oldest is then asked anew, and never allowed unasked', async () => {
    await layer('PreToolUse');
    await decide();
    for (let n = 2; n <= 1001; n += 1) {
      const waiting = await layer('PreToolUse', { toolUseId: `toolu_${n}` });
      await decide();
      expect(waiting.verdict()).toMatchObject({ permission: 'allow' });
    }
    expect(scripted.all[0]?.outcomes).toEqual([{ result: 'unknown' }]);
    expect(await verdictOf('tool.run', { toolUseId: 'toolu_3' })).toMatchObject({ requestId: 'req-3' });
    const again = await layer('tool.run');
    expect(again.verdict()).toBe(null);
    expect(scripted.all).toHaveLength(1002);
  });

  it('forgets nothing that somebody waits for', async () => {
    const waiting = await layer('PreToolUse');
    const held = scripted.all[0];
    for (let n = 2; n <= 1100; n += 1) {
      await layer('PreToolUse', { toolUseId: `toolu_${n}` });
      await decide();
    }
    held?.decide(APPROVED);
    await settled();
    expect(waiting.verdict()).toMatchObject({ permission: 'allow', requestId: 'req-1' });
  });
});
