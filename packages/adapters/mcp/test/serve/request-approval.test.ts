import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { APPROVED, rejected, TIMEOUT, type Word } from '../support/asking-daemon.js';
import { FOLDER, served, textOf, turn } from '../support/served.js';

const FIRST = 'req-00000000-0000-4000-8000-000000000001';
const CLAIM = 'It is about what the agent claims: Airlock neither executes nor sees what will run.';
const INPUT = { title: 'Delete the staging database', reason: 'It is broken', details: 'dropdb staging\n--force' };

describe('what the human is asked', () => {
  test('is exactly what the agent wrote, as a claim', async () => {
    const { daemon, start } = await served();
    start('request_approval', { ...INPUT, timeoutSeconds: 900 });
    await turn();
    expect(daemon.asked).toEqual([
      {
        workspace: FOLDER,
        action: {
          kind: 'tool',
          actionType: 'tool_call',
          commandText: 'request_approval',
          description: 'Delete the staging database\n\nWhy: It is broken\n\ndropdb staging\n--force',
          tool: 'request_approval',
          inputJson:
            '{"details":"dropdb staging\\n--force","reason":"It is broken","title":"Delete the staging database"}',
          extensions: { 'airlock.cwd': FOLDER },
        },
        timeoutSeconds: 900,
        sessionId: 'session-1',
        source: 'mcp-server',
        isClaimed: true,
        requestId: FIRST,
      },
    ]);
  });

  test('needs no more than a title, and waits five minutes', async () => {
    const { daemon, start } = await served();
    start('request_approval', { title: 'Say hello' });
    await turn();
    expect(daemon.asked[0]?.timeoutSeconds).toBe(300);
    expect(daemon.asked[0]?.action['description']).toBe('Say hello');
  });
});

interface Row {
  readonly word: Word;
  readonly text: string;
  readonly structured: object;
  readonly claims: number;
}

const STOP = 'Do not do it, and do not reach the same in another way';
const ROWS: Readonly<Record<string, Row>> = {
  approved: {
    word: APPROVED,
    text: 'Approved by the approver, once, for exactly what the request says.',
    structured: { state: 'approved', approved: true },
    claims: 1,
  },
  'approved by a grant': {
    word: { verdict: 'allow', outcome: 'policy', basis: { kind: 'grant', policyId: 'dnd-1' } },
    text: 'Approved by a standing permission that the approver signed before, for exactly what the request says.',
    structured: { state: 'approved', approved: true },
    claims: 1,
  },
  'not gated': {
    word: { verdict: 'pass', outcome: 'passed', basis: { kind: 'gate-off', gate: 'mcp-server' } },
    text: 'Not approved by anybody: nobody was asked, because the signed policy does not gate this request (gate-off).',
    structured: { state: 'not-gated', approved: false, reason: 'gate-off' },
    claims: 1,
  },
  'rejected with a reason': {
    word: rejected('not on a \u001b[31mFriday'),
    text: `Rejected by the approver: not on a \\u{1B}[31mFriday\n${STOP}: follow the reason, or ask the user.`,
    structured: { state: 'rejected', approved: false, reason: 'not on a \\u{1B}[31mFriday' },
    claims: 0,
  },
  'rejected without a reason': {
    word: rejected(),
    text: `Rejected by the approver: (no reason given)\n${STOP}: follow the reason, or ask the user.`,
    structured: { state: 'rejected', approved: false },
    claims: 0,
  },
  'timed out': {
    word: TIMEOUT,
    text: `Not approved: the approver did not answer in time. ${STOP}. You may ask again when the user wants it.`,
    structured: { state: 'timeout', approved: false },
    claims: 0,
  },
  withdrawn: {
    word: { verdict: 'deny', outcome: 'withdrawn' },
    text: `Not approved: the request was withdrawn before a decision. ${STOP}.`,
    structured: { state: 'withdrawn', approved: false },
    claims: 0,
  },
  'not paired': {
    word: {
      verdict: 'deny',
      outcome: 'failed',
      code: 'not_paired',
      reason: 'This folder is not paired.',
      fix: 'airlock pair',
    },
    text: `Not approved. Airlock (not_paired): This folder is not paired. Next: node main.js pair\n${STOP}.`,
    structured: {
      state: 'denied',
      approved: false,
      code: 'not_paired',
      reason: 'This folder is not paired.',
      fix: 'node main.js pair',
    },
    claims: 0,
  },
  'denied by policy': {
    word: { verdict: 'deny', outcome: 'policy', code: 'repeated_rejection', reason: 'rejected three times' },
    text: `Not approved. Airlock (repeated_rejection): rejected three times.\n${STOP}.`,
    structured: { state: 'denied', approved: false, code: 'repeated_rejection', reason: 'rejected three times' },
    claims: 0,
  },
  'an allowance that was rejected': {
    word: { verdict: 'allow', outcome: 'rejected' },
    text: `Not approved. Airlock (bad_answer): the daemon gave an answer that is none.\n${STOP}.`,
    structured: {
      state: 'denied',
      approved: false,
      code: 'bad_answer',
      reason: 'the daemon gave an answer that is none',
    },
    claims: 0,
  },
};

const BAD: Readonly<Record<string, Word>> = {
  'an allowance by policy without a basis': { verdict: 'allow', outcome: 'policy' },
  'an allowance by auto mode': { verdict: 'allow', outcome: 'policy', basis: { kind: 'auto', until: 1 } },
  'an allowance by a denial': { verdict: 'allow', outcome: 'policy', basis: { kind: 'denial', policyId: 'dnd-1' } },
  'a pass without a basis': { verdict: 'pass', outcome: 'passed' },
  'a pass that was approved': { verdict: 'pass', outcome: 'approved', basis: { kind: 'auto', until: 1 } },
  'a denial that was approved': { verdict: 'deny', outcome: 'approved' },
  'a denial that was passed': { verdict: 'deny', outcome: 'passed' },
};

describe(rules('LOC-045', 'INV-1')`what the agent gets`, () => {
  test.each(Object.entries(ROWS))('%s', async (_name, { word, text, structured, claims }) => {
    const { daemon, tool } = await served();
    daemon.always = word;
    const result = await tool('request_approval', INPUT);
    expect(result['isError']).toBeUndefined();
    const message = `${text}\nRequest ${FIRST}. ${CLAIM}`;
    expect(textOf(result)).toBe(message);
    expect(result['structuredContent']).toEqual({ requestId: FIRST, claimedByAgent: true, message, ...structured });
    expect(daemon.claimed).toHaveLength(claims);
  });

  test.each(Object.entries(BAD))('nothing for %s', async (_name, word) => {
    const { daemon, tool } = await served();
    daemon.always = word;
    const { structuredContent } = await tool('request_approval', INPUT);
    expect(structuredContent).toMatchObject({ state: 'denied', code: 'bad_answer', approved: false });
    expect(daemon.claimed).toEqual([]);
  });

  test('an approval is on record as used, with an end that nobody knows, before it is told', async () => {
    const { daemon, tool } = await served();
    daemon.always = APPROVED;
    await tool('request_approval', INPUT);
    expect(daemon.claimed).toEqual([FIRST]);
    expect(daemon.outcomes).toEqual([`${FIRST} unknown`]);
  });

  test('an approval that cannot be put on record is none', async () => {
    const { daemon, tool } = await served();
    Object.assign(daemon, { always: APPROVED, claimRefused: 'HARP_ERR_REPLAY' });
    const { structuredContent } = await tool('request_approval', INPUT);
    expect(structuredContent).toMatchObject({ state: 'denied', code: 'HARP_ERR_REPLAY', approved: false });
    expect(daemon.outcomes).toEqual([]);
  });

  test('no daemon, nobody asked, and what to type', async () => {
    const connect = async () => {
      throw Object.assign(new Error('you stopped the daemon'), { code: 'daemon_stopped', fix: 'airlock daemon start' });
    };
    const { tool } = await served({ connect });
    expect(textOf(await tool('request_approval', INPUT))).toMatch(
      /^Not approved\. Airlock \(daemon_stopped\): you stopped the daemon\. Next: node main\.js daemon start\n/,
    );
  });
});

describe('a decision that takes its time', () => {
  test('after 50 s the answer is "pending", and check_approval gets the decision, as often as asked', async () => {
    const { daemon, timers, start, response, tool } = await served();
    const asking = start('request_approval', INPUT);
    await turn();
    await timers.pass(50_000);
    const { result } = await response(asking);
    expect(textOf(result)).toBe(
      `Pending: the approver has not decided about ${FIRST} yet. Nothing is approved. Call check_approval with this requestId to wait for the decision. ${STOP} before it is approved. ${CLAIM}`,
    );
    expect(result.structuredContent).toEqual({
      requestId: FIRST,
      state: 'pending',
      approved: false,
      claimedByAgent: true,
      message: textOf(result),
    });
    expect(daemon.withdrawn).toEqual([]);

    const checking = start('check_approval', { requestId: FIRST });
    await turn();
    daemon.decide(0, APPROVED);
    expect((await response(checking))['result'].structuredContent).toMatchObject({ state: 'approved' });
    expect((await tool('check_approval', { requestId: FIRST }))['structuredContent']).toMatchObject({ approved: true });
    expect(daemon.claimed).toEqual([FIRST]);
    expect(timers.waiting).toBe(0);
  });

  test('an approval that nobody waits for is used at once, and told when somebody asks', async () => {
    const { daemon, tool } = await served();
    expect((await tool('request_approval', { ...INPUT, waitSeconds: 0 }))['structuredContent'].state).toBe('pending');
    daemon.decide(0, rejected('no'));
    await turn();
    const { structuredContent } = await tool('check_approval', { requestId: FIRST, waitSeconds: 0 });
    expect(structuredContent).toMatchObject({ state: 'rejected', reason: 'no' });
  });

  test('a caller that takes progress hears of it at once and every 10 s', async () => {
    const { daemon, timers, messages, start, response } = await served();
    const asking = start('request_approval', INPUT, { progressToken: 'p-1' });
    await turn();
    await timers.pass(25_000);
    daemon.decide(0, APPROVED);
    await response(asking);
    const message = `waiting for the approver to decide about ${FIRST}`;
    expect(messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params)).toEqual(
      [1, 2, 3].map((progress) => ({ progressToken: 'p-1', progress, message })),
    );
    expect(timers.waiting).toBe(0);
  });

  test('the same question again is not put to the human twice', async () => {
    const { daemon, start, tool } = await served();
    start('request_approval', INPUT);
    await turn();
    const again = await tool('request_approval', INPUT);
    expect(again['isError']).toBe(true);
    expect(textOf(again)).toBe(
      `Airlock (already_open): exactly this waits for the approver already, as ${FIRST}. Next: call check_approval with that requestId\nNobody approved anything.`,
    );
    expect(daemon.asked).toHaveLength(1);
  });
});

describe('what ends a request', () => {
  test('cancelling the call withdraws it', async () => {
    const { daemon, messages, notify, start, tool } = await served();
    const requestId = start('request_approval', INPUT);
    await turn();
    notify('notifications/cancelled', { requestId });
    await turn();
    expect(daemon.withdrawn).toEqual([FIRST]);
    expect(messages.filter(({ id }) => id === requestId)).toEqual([]);
    expect((await tool('check_approval', { requestId: FIRST }))['structuredContent']).toMatchObject({
      state: 'withdrawn',
    });
  });

  test('cancelling a check leaves it open', async () => {
    const { daemon, notify, start, tool } = await served();
    await tool('request_approval', { ...INPUT, waitSeconds: 0 });
    const requestId = start('check_approval', { requestId: FIRST });
    await turn();
    notify('notifications/cancelled', { requestId });
    await turn();
    expect(daemon.withdrawn).toEqual([]);
  });

  test('a cancellation right after the approval keeps it from being used', async () => {
    const { daemon, notify, start } = await served();
    const requestId = start('request_approval', INPUT);
    await turn();
    daemon.decide(0, APPROVED);
    notify('notifications/cancelled', { requestId });
    await turn();
    // Either way round nothing is both withdrawn and used.
    expect(daemon.claimed.length + daemon.withdrawn.length).toBe(1);
  });

  test.each(['leave', 'interrupt'] as const)(
    'when clients %s, everything open is withdrawn, pending or not',
    async (end) => {
      const its = await served();
      await its.tool('request_approval', { ...INPUT, waitSeconds: 0 });
      its.start('request_approval', { title: 'Another thing' });
      its.start('approve_tool_use', { tool_name: 'Bash', input: { command: 'ls' } });
      await turn();
      its[end]();
      expect(await its.ended).toBe(0);
      expect(its.daemon.withdrawn).toHaveLength(3);
      expect(its.daemon.claimed).toEqual([]);
      expect(its.timers.waiting).toBe(0);
    },
  );
});

describe('bad input is a result with a code, and nobody is asked', () => {
  test.each([
    ['request_approval', {}, 'title: Invalid input: expected string, received undefined'],
    ['request_approval', { title: '' }, 'title: Too small: expected string to have >=1 characters'],
    ['request_approval', { title: 'two\nlines' }, 'title: must be one line without control characters'],
    ['request_approval', { title: 'x', waitSeconds: 51 }, 'waitSeconds: Too big: expected number to be <=50'],
    ['request_approval', { title: 'x', timeoutSeconds: 9 }, 'timeoutSeconds: Too small: expected number to be >=10'],
    ['request_approval', { title: 'x', urgent: true }, 'arguments: Unrecognized key: "urgent"'],
    ['check_approval', {}, 'requestId: Invalid input: expected string, received undefined'],
    ['airlock_status', { verbose: 1 }, 'arguments: Unrecognized key: "verbose"'],
  ])('%s %j', async (name, input, problem) => {
    const { daemon, tool } = await served();
    const result = await tool(name, input);
    expect(result['isError']).toBe(true);
    const nobody = name === 'request_approval' ? '\nNobody approved anything.' : '';
    expect(textOf(result)).toBe(`Airlock (input_invalid): ${problem}.${nobody}`);
    expect(daemon.asked).toEqual([]);
  });

  test('an unknown tool is an error of the protocol', async () => {
    const { request } = await served();
    expect((await request('tools/call', { name: 'approve_everything', arguments: {} }))['error']).toEqual({
      code: -32602,
      message: 'There is no such tool',
      data: { code: 'tool_unknown' },
    });
  });
});
