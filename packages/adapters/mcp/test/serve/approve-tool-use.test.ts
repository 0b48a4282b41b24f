import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostInputJson } from '@airlock/protocol';
import { APPROVED, rejected, TIMEOUT, type Word } from '../support/asking-daemon.js';
import { FOLDER, served, type Served, textOf, turn } from '../support/served.js';

const FIRST = 'req-00000000-0000-4000-8000-000000000001';
const TAIL = `Request ${FIRST}. It is about what the agent claims: Airlock neither executes nor sees what will run.`;
const BASH = { tool_name: 'Bash', input: { command: 'rm -rf dist', description: 'Clean' }, tool_use_id: 'toolu_1' };

/** What Claude Code reads: one text block with one JSON object. */
async function answered(its: Served, id: number): Promise<any> {
  const { result, error } = await its.response(id);
  expect(error).toBeUndefined();
  expect(Object.keys(result)).toEqual(['content']);
  expect(result.content[0].type).toBe('text');
  return JSON.parse(textOf(result));
}

const answer = (its: Served, input: unknown) => answered(its, its.start('approve_tool_use', input));

describe(rules('ENF-140', 'ART-140')`the permission prompt`, () => {
  test('asks for exactly this tool with exactly this input, as a claim, for up to 300 s', async () => {
    const its = await served();
    its.start('approve_tool_use', BASH);
    await turn();
    expect(its.daemon.asked).toEqual([
      {
        workspace: FOLDER,
        action: {
          kind: 'tool',
          actionType: 'tool_call',
          commandText: 'Bash',
          description: 'Permission prompt of the host: Bash',
          tool: 'Bash',
          inputJson: '{"command":"rm -rf dist","description":"Clean"}',
          extensions: { 'airlock.cwd': FOLDER },
        },
        timeoutSeconds: 300,
        sessionId: 'session-1',
        source: 'mcp-server',
        isClaimed: true,
        requestId: FIRST,
      },
    ]);
  });

  test('an approval gives back exactly the input that was approved', async () => {
    const its = await served();
    its.daemon.always = APPROVED;
    expect(await answer(its, BASH)).toEqual({ behavior: 'allow', updatedInput: BASH.input });
    expect(its.daemon.claimed).toEqual([FIRST]);
  });

  test('what is given back is what was hashed, whatever the input is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (input) => {
        const text = JSON.stringify(input);
        fc.pre(text.isWellFormed());
        const its = await served();
        its.daemon.always = APPROVED;
        its.write(
          `{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"approve_tool_use","arguments":{"tool_name":"T","input":${text}}}}`,
        );
        const { result } = await its.response('a');
        const given = textOf(result);
        const inputJson = String(its.daemon.asked[0]?.action['inputJson']);
        expect(inputJson).toBe(hostInputJson(text));
        expect(given).toBe(`{"behavior":"allow","updatedInput":${inputJson}}`);
      }),
      { numRuns: 50 },
    );
  });

  test('waits as long as the human may, with progress, and no early answer', async () => {
    const its = await served();
    const id = its.start('approve_tool_use', BASH, { progressToken: 7 });
    await turn();
    await its.timers.pass(299_000);
    expect(its.messages.some((message) => message['id'] === id)).toBe(false);
    const progress = its.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params.progress)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(progress[0]?.['params']).toEqual({
      progressToken: 7,
      progress: 1,
      message: 'waiting for the approver to decide about Bash',
    });
    its.daemon.decide(0, APPROVED);
    expect(await answered(its, id)).toEqual({ behavior: 'allow', updatedInput: BASH.input });
    expect(its.timers.waiting).toBe(0);
  });
});

const DENIED: Readonly<Record<string, { readonly word: Word; readonly message: string }>> = {
  rejected: {
    word: rejected('ask me tomorrow'),
    message:
      'Rejected by the approver: ask me tomorrow\nDo not do it, and do not reach the same in another way: follow the reason, or ask the user.',
  },
  'timed out': {
    word: TIMEOUT,
    message:
      'Not approved: the approver did not answer in time. Do not do it, and do not reach the same in another way. You may ask again when the user wants it.',
  },
  'not signed in': {
    word: {
      verdict: 'deny',
      outcome: 'failed',
      code: 'not_signed_in',
      reason: 'Nobody is signed in',
      fix: 'airlock sign-in',
    },
    message:
      'Not approved. Airlock (not_signed_in): Nobody is signed in. Next: node main.js sign-in\nDo not do it, and do not reach the same in another way.',
  },
  'not gated, which is nobody’s approval': {
    word: { verdict: 'pass', outcome: 'passed', basis: { kind: 'auto', until: 1 } },
    message: 'Not approved by anybody: nobody was asked, because the signed policy does not gate this request (auto).',
  },
};

describe(rules('LOC-045', 'LOC-100', 'LOC-140')`every failure is a deny in the form of the host`, () => {
  test.each(Object.entries(DENIED))('%s', async (_name, { word, message }) => {
    const its = await served();
    its.daemon.always = word;
    expect(await answer(its, BASH)).toEqual({ behavior: 'deny', message: `${message}\n${TAIL}` });
  });

  test.each([
    ['no arguments', undefined, 'Malformed JSON at character 0'],
    ['nothing in them', {}, 'tool_name: Invalid input: expected string, received undefined; input: Invalid input'],
    ['no input', { tool_name: 'Bash' }, 'input: Invalid input'],
    ['a list as input', { tool_name: 'Bash', input: [] }, 'input: Invalid input: expected record, received array'],
    ['a tool without a name', { tool_name: '', input: {} }, 'tool_name: Too small'],
  ])('%s', async (_name, input, problem) => {
    const its = await served();
    const { behavior, message } = await answer(its, input);
    expect(behavior).toBe('deny');
    expect(message).toContain(`Airlock (input_invalid): ${problem}`);
    expect(message).toContain('Nobody approved anything.');
    expect(its.daemon.asked).toEqual([]);
  });

  test.each([
    ['a number that would become another one', '{"tool_name":"T","input":{"n":12345678901234567890}}'],
    ['a number too precise for a double', '{"tool_name":"T","input":{"n":0.1000000000000000055511151231257827}}'],
  ])('%s', async (_name, text) => {
    const its = await served();
    its.daemon.always = APPROVED;
    its.write(
      `{"jsonrpc":"2.0","id":"n","method":"tools/call","params":{"name":"approve_tool_use","arguments":${text}}}`,
    );
    expect(JSON.parse(textOf((await its.response('n'))['result']))).toMatchObject({ behavior: 'deny' });
    expect(its.daemon.asked).toEqual([]);
  });

  test('no daemon', async () => {
    const its = await served({ connect: () => Promise.reject(new Error('broken')) });
    expect(await answer(its, BASH)).toMatchObject({ behavior: 'deny' });
  });

  test('members that a later version adds change nothing', async () => {
    const its = await served();
    its.daemon.always = APPROVED;
    expect(await answer(its, { ...BASH, suggestions: [] })).toEqual({ behavior: 'allow', updatedInput: BASH.input });
  });

  test('cancelling the call withdraws the request', async () => {
    const its = await served();
    const requestId = its.start('approve_tool_use', BASH);
    await turn();
    its.notify('notifications/cancelled', { requestId });
    await turn();
    expect(its.daemon.withdrawn).toEqual([FIRST]);
  });
});
