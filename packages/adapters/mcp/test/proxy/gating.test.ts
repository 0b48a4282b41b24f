import { rules } from '@airlock/conformance';
import { RuntimeError } from '@airlock/runtime/client';
import { describe, expect, it, test } from 'vitest';
import { requestText } from '../support/messages.js';
import { type Answer, type Decided, REASON } from '../support/scripted-daemon.js';
import { scene } from '../support/scene.js';

const CALL =
  '{"method":"tools/call","params":{"name":"write", "arguments":{"b":1.0,"a":"é"}},"jsonrpc":"2.0","id":1}\r';
const ANSWER = '{"result":{"content":[]},"jsonrpc":"2.0","id":1}';

describe(rules('INV-15', 'INV-22')`a call of a tool`, () => {
  test('reaches the server byte for byte after it was approved and claimed, and its end is put on record', async () => {
    const at = scene();
    at.daemon.beforeClaim = () => {
      expect(at.server).toEqual([]);
      return true;
    };
    at.send(CALL);
    await at.settle();
    expect(at.server).toEqual([CALL]);
    expect(at.daemon.claimed).toEqual(['req-1']);
    expect(at.daemon.outcomes).toEqual([]);
    at.reply(ANSWER);
    await at.settle();
    expect(at.client).toEqual([ANSWER]);
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'exited', exitCode: 0 } }]);
    expect(at.daemon.asked[0]).toMatchObject({
      ...{ source: 'mcp', workspace: '/w', sessionId: 's', timeoutSeconds: 300 },
      action: { kind: 'mcp-call', server: 'files', tool: 'write', inputJson: '{"a":"é","b":1}' },
    });
    expect(await at.leave()).toBe(0);
    expect(at.daemon.withdrawn).toEqual([]);
  });

  it.each([
    ['an error of the server', '{"error":{"code":1,"message":"no"},"jsonrpc":"2.0","id":1}'],
    ['a tool that failed', '{"result":{"content":[],"isError":true},"jsonrpc":"2.0","id":1}'],
    [
      'the same with a method in its text',
      '{"result":{"content":["\\u0022method"],"isError":true},"jsonrpc":"2.0","id":1}',
    ],
  ])('%s is put on record as a failure', async (_name, answer) => {
    const at = scene();
    at.send(CALL);
    await at.settle();
    at.reply(answer);
    await at.settle();
    expect(at.client).toEqual([answer]);
    expect(at.daemon.outcomes[0]?.outcome).toEqual({ result: 'exited', exitCode: 1 });
  });

  const decided = (verdict: string, outcome: string, more: object = {}) => ({ verdict, outcome, ...more }) as Decided;
  it.each<readonly [name: string, answer: Answer, code: string, words: RegExp]>([
    ['rejected', 'reject', 'rejected', /the approver rejected the call of write.*"not like this".*Nothing has run/],
    ['rejected without a reason', decided('deny', 'rejected'), 'rejected', /No reason was given/],
    [
      'denied by policy',
      decided('deny', 'policy', { code: 'not_paired', reason: 'nobody is paired', fix: 'airlock pair' }),
      'not_paired',
      /denied by policy: nobody is paired\. The user can try: airlock pair/,
    ],
    ['nobody answered', decided('deny', 'timeout'), 'timeout', /nobody answered in time/],
    [
      'failed',
      decided('deny', 'failed', { code: 'HARP_ERR_HASH_MISMATCH' }),
      'HARP_ERR_HASH_MISMATCH',
      /could not ask/,
    ],
    ['withdrawn by somebody', decided('deny', 'withdrawn'), 'withdrawn', /could not ask/],
    ['no daemon', new RuntimeError('daemon_not_running', 'none'), 'daemon_not_running', /could not ask.*: none/],
    ['an allow of nobody', decided('allow', 'policy'), 'bad_answer', /an answer that is none/],
    [
      'a pass by a read',
      decided('pass', 'passed', { basis: { kind: 'read' } }),
      'bad_answer',
      /an answer that is none/,
    ],
    ['an allow by auto', decided('allow', 'policy', { basis: { kind: 'auto', until: 1 } }), 'bad_answer', /is none/],
    ['a pass that was approved', decided('pass', 'approved'), 'bad_answer', /is none/],
  ])('%s: the model is told and the server sees nothing', async (_name, answer, code, words) => {
    const at = scene();
    at.daemon.answers(() => answer);
    at.send(CALL);
    await at.settle();
    const [told] = at.answers();
    expect(told).toMatchObject({ id: 1, result: { isError: true, _meta: { 'airlock/code': code } } });
    expect(told.result.content[0].text).toMatch(words);
    expect([at.server, at.daemon.claimed, at.daemon.outcomes]).toEqual([[], [], []]);
  });

  it.each<readonly [name: string, basis: unknown, verdict: string]>([
    ['a signed tool', { kind: 'pattern', patternIds: ['p'] }, 'allow'],
    ['a standing permission', { kind: 'grant', policyId: 'p' }, 'allow'],
    ['auto mode', { kind: 'auto', until: 1 }, 'pass'],
    ['a gate that is off', { kind: 'gate-off', gate: 'mcp' }, 'pass'],
    ['a folder that is left alone', { kind: 'unmanaged', path: '/' }, 'pass'],
    ['fail mode open', { kind: 'fail-open', until: 1 }, 'pass'],
  ])('goes through by %s, claimed all the same', async (_name, basis, verdict) => {
    const at = scene();
    at.daemon.answers(() => decided(verdict, verdict === 'allow' ? 'policy' : 'passed', { basis }));
    at.send(CALL);
    await at.settle();
    expect([at.server, at.daemon.claimed]).toEqual([[CALL], ['req-1']]);
  });

  test('a claim that is refused forwards nothing', async () => {
    const at = scene();
    at.daemon.beforeClaim = () => false;
    at.send(CALL);
    await at.settle();
    expect(at.answers()[0]).toMatchObject({ result: { isError: true, _meta: { 'airlock/code': 'not_approved' } } });
    expect([at.server, at.daemon.outcomes]).toEqual([[], []]);
  });

  test('a daemon that comes back is asked again', async () => {
    let isThere = false;
    const at = scene({
      connect: async () => {
        if (!isThere) throw new RuntimeError('daemon_start_failed', 'no', { fix: 'airlock daemon start' });
        return at.daemon;
      },
    });
    at.send(CALL);
    await at.settle();
    expect(at.answers()[0].result.content[0].text).toMatch(/The user can try: airlock daemon start/);
    isThere = true;
    at.send(CALL);
    await at.settle();
    expect(at.server).toEqual([CALL]);
  });

  test('calls wait side by side, and each goes when it is approved', async () => {
    const at = scene();
    const yes: (() => void)[] = [];
    at.daemon.answers(() => new Promise((resolve) => yes.push(() => resolve('approve'))));
    at.send(requestText('tools/call', { name: 'a' }, 1), requestText('tools/call', { name: 'b' }, 2));
    at.send(requestText('ping', undefined, 3));
    await at.settle();
    expect(at.server).toEqual([requestText('ping', undefined, 3)]);
    yes[1]?.();
    await at.settle();
    expect(at.server[1]).toBe(requestText('tools/call', { name: 'b' }, 2));
    yes[0]?.();
    await at.settle();
    expect(at.server[2]).toBe(requestText('tools/call', { name: 'a' }, 1));
  });

  test('a client of the stateless protocol gets the result in its form', async () => {
    const at = scene();
    at.daemon.answers(() => 'reject');
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    at.send(requestText('tools/call', { name: 'a', _meta }, 'x'));
    await at.settle();
    expect(at.answers()[0]).toMatchObject({ id: 'x', result: { resultType: 'complete', isError: true } });
  });
});

describe('everything else that is gated', () => {
  it.each([
    ['resources/read', { uri: 'file:///a' }, 'mcp-resources'],
    ['prompts/get', { name: 'p', arguments: { a: '1' } }, 'mcp-prompts'],
    ['tasks/update', { taskId: 't', inputResponses: { a: { action: 'accept' } } }, 'mcp-elicitation'],
    ['tools/call', { name: 'a', task: { ttl: 1 } }, 'mcp'],
  ])('%s is asked, and refused with an error', async (method, params, source) => {
    const at = scene();
    at.daemon.answers(() => 'reject');
    at.send(requestText(method, params));
    await at.settle();
    expect(at.daemon.asked[0]?.source).toBe(source);
    expect(at.answers()[0]).toMatchObject({ id: 1, error: { code: -32001, data: { code: 'rejected' } } });
    expect(at.answers()[0].error.message).toContain(REASON);
    expect(at.server).toEqual([]);
  });

  test('a gate that is off does not open the next one', async () => {
    const at = scene();
    const basis = { kind: 'gate-off', gate: 'mcp-resources' } as const;
    at.daemon.answers(({ source }) =>
      source === 'mcp-resources' ? { verdict: 'pass', outcome: 'passed', basis } : 'reject',
    );
    at.send(requestText('resources/read', { uri: 'a:b', inputResponses: { a: { action: 'accept' } } }));
    await at.settle();
    expect(at.daemon.asked.map(({ source }) => source)).toEqual(['mcp-resources', 'mcp-elicitation']);
    expect([at.server, at.daemon.claimed, at.daemon.withdrawn]).toEqual([[], [], ['req-1']]);
  });

  const QUESTION = requestText('elicitation/create', { message: 'Really?' }, 's1');
  const RESPONSE = '{"result": {"action":"accept"},"jsonrpc":"2.0","id":"s1"}';

  test('the answer to a question of the server, with the question', async () => {
    const at = scene();
    at.reply(QUESTION);
    await at.settle();
    at.send(RESPONSE);
    await at.settle();
    expect(at.client).toEqual([QUESTION]);
    expect(at.daemon.asked[0]).toMatchObject({
      source: 'mcp-elicitation',
      action: { tool: 'elicitation/create', inputJson: '{"action":"accept"}' },
    });
    expect(at.server).toEqual([RESPONSE]);
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'exited', exitCode: 0 } }]);
  });

  test('when it is rejected the server gets an error', async () => {
    const at = scene();
    at.daemon.answers(() => 'reject');
    at.reply(requestText('sampling/createMessage', { messages: [] }, 5));
    await at.settle();
    at.send('{"result":{"role":"assistant","content":{}},"jsonrpc":"2.0","id":5}');
    await at.settle();
    expect(at.daemon.asked[0]?.source).toBe('mcp-sampling');
    expect(JSON.parse(at.server[0] ?? '')).toMatchObject({
      id: 5,
      error: { code: -32001, data: { code: 'rejected' } },
    });
  });

  test('a client that declines by an error, and answers to other questions, pass', async () => {
    const at = scene();
    at.reply(QUESTION);
    at.reply(requestText('roots/list', undefined, 2));
    await at.settle();
    const answers = [
      '{"error":{"code":-1,"message":"no"},"jsonrpc":"2.0","id":"s1"}',
      '{"result":{"roots":[]},"jsonrpc":"2.0","id":2}',
    ];
    at.send(...answers);
    await at.settle();
    expect([at.server, at.daemon.asked]).toEqual([answers, []]);
  });
});

describe('the definition that the client saw', () => {
  const list = (id: number, ...tools: readonly object[]) => JSON.stringify({ result: { tools }, jsonrpc: '2.0', id });
  const definitionsAsked = (at: ReturnType<typeof scene>) =>
    at.daemon.asked.map(({ action }) => (action.extensions?.['airlock.mcp'] as any)?.definition);

  test('is bound as it was last listed', async () => {
    const at = scene();
    const first = {
      name: 'write',
      title: 'Write',
      description: 'd',
      annotations: { readOnlyHint: true },
      inputSchema: {},
    };
    at.send(requestText('tools/list', {}, 9));
    await at.settle();
    at.reply(list(9, first));
    await at.settle();
    at.send(CALL);
    await at.settle();
    at.reply(ANSWER);
    at.send(requestText('tools/list', { cursor: 'more' }, 10));
    await at.settle();
    at.reply(list(10, { name: 'other' }));
    await at.settle();
    at.send(CALL);
    await at.settle();
    at.reply(ANSWER);
    at.send(requestText('tools/list', undefined, 11));
    await at.settle();
    at.reply(list(11, { ...first, description: 'something else' }));
    await at.settle();
    at.send(CALL);
    await at.settle();
    const [a, b, c] = definitionsAsked(at);
    expect(a).toMatchObject({ title: 'Write', description: 'd', annotationsJson: '{"readOnlyHint":true}' });
    expect(b).toEqual(a);
    expect(c.description).toBe('something else');
    expect(c.sha256).not.toBe(a.sha256);
  });

  it.each([
    ['a list with a key twice', '{"result":{"tools":[{"name":"write","name":"write"}]},"jsonrpc":"2.0","id":9}'],
    ['a list that names it twice', list(9, { name: 'write' }, { name: 'write', description: 'x' })],
    ['a list in a batch', `[${list(9, { name: 'write' })},${list(8)}]`],
    ['an answer to something else', list(8, { name: 'write' })],
  ])('is unknown after %s', async (_name, answer) => {
    const at = scene();
    at.send(requestText('tools/list', {}, 9), requestText('ping', {}, 8));
    await at.settle();
    at.reply(answer);
    await at.settle();
    at.send(CALL);
    await at.settle();
    expect(definitionsAsked(at)).toEqual([undefined]);
  });
});
