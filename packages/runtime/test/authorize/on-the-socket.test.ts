import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { connectDaemon } from '../../src/socket/connect.js';
import { launch, paired, scene } from '../support/daemon.js';
import { entriesOf, incidents } from '../support/host.js';
import { approving, authorize, authorizeBody, cards } from '../support/outside.js';
import { until } from '../support/policy-scene.js';
import { raw } from '../support/serve.js';
import { inHours, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

/** Asks and hangs up as soon as the approver has it. */
async function askAndLeave(port: { readonly socket: string }, body: string): Promise<() => void> {
  const { request } = await import('node:http');
  const call = request({ socketPath: port.socket, method: 'POST', path: '/v1/authorize', agent: false });
  call.on('error', () => undefined);
  call.end(body);
  return () => call.destroy();
}

describe(rules('LOC-045', 'ENF-140')`POST /v1/authorize`, () => {
  it('allows what the approver signs, on record as used', SLOW, async () => {
    const made = await paired();
    approving(made);
    const { status, answer } = await authorize(made);
    expect({ status, answer }).toEqual({ status: 200, answer: { decision: 'allow', requestId: expect.any(String) } });
    if (answer.decision !== 'allow') throw new Error('not allowed');
    expect(entriesOf(made, answer.requestId)).toContain('execution.granted');
    expect(await made.client.claim(answer.requestId)).toMatchObject({ granted: false });
  });

  it.each([
    {
      what: 'a tool',
      over: { description: 'tidy up' },
      card: {
        kind: 'tool',
        tool: 'delete_records',
        commandText: 'delete_records',
        inputJson: '{"table":"users"}',
        description: 'tidy up',
        source: 'my-agent',
        sessionId: 's-1',
        notices: ['claimed-by-agent'],
      },
    },
    {
      what: 'a tool of a server',
      over: { server: 'db', inputJson: '{ "b": 1.50, "a": [] }' },
      card: { kind: 'mcp-call', server: 'db', tool: 'delete_records', inputJson: '{"a":[],"b":1.5}' },
    },
  ])('shows $what whole, and that the asker runs it', SLOW, async ({ over, card }) => {
    const made = await paired();
    approving(made);
    await authorize(made, over);
    expect(cards(made)).toEqual([expect.objectContaining(card)]);
    expect(cards(made)[0]).toMatchObject({ extensions: { 'airlock.cwd': made.workspace } });
  });

  it('marks what touches the gate itself, as every other call', SLOW, async () => {
    const made = await paired();
    approving(made);
    await authorize(made, { tool: 'write', inputJson: JSON.stringify({ path: made.paths.endpointFile }) });
    expect(cards(made)).toMatchObject([{ notices: ['claimed-by-agent', 'touches-gate'] }]);
  });

  it('denies with the words of the approver', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject', { reason: 'not on a Friday' });
    expect((await authorize(made)).answer).toEqual({
      decision: 'deny',
      requestId: expect.any(String),
      code: 'rejected',
      reason: 'not on a Friday',
    });
  });

  it('denies when nobody answers in time', SLOW, async () => {
    const made = await paired();
    expect((await authorize(made, { timeoutSeconds: 5 })).answer).toMatchObject({
      decision: 'deny',
      code: 'deadline_passed',
    });
  });

  it('denies in a folder that nobody decides about', SLOW, async () => {
    const made = await scene();
    const body = JSON.stringify(authorizeBody(made.workspace));
    expect(JSON.parse((await raw(made.paths, { path: '/v1/authorize', body })).body)).toMatchObject({
      decision: 'deny',
      code: 'not_signed_in',
      fix: expect.any(String),
    });
  });

  it('says pass, not allow, where the signed policy gates nothing of it', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'gate-off', gate: 'my-agent' });
    expect((await authorize(made)).answer).toMatchObject({
      decision: 'pass',
      basis: { kind: 'gate-off', gate: 'my-agent' },
    });
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    expect((await authorize(made, { source: 'other' })).answer).toMatchObject({ decision: 'pass' });
  });

  it('is told how the call ended', SLOW, async () => {
    const made = await paired();
    approving(made);
    const { answer } = await authorize(made);
    if (answer.decision !== 'allow') throw new Error('not allowed');
    const path = `/v1/requests/${answer.requestId}/outcome`;
    const told = await raw(made.paths, { path, body: '{"result":"exited","exitCode":0}' });
    expect([told.status, told.body]).toEqual([200, '{"recorded":true}']);
    expect(entriesOf(made, answer.requestId)).toContain('execution.outcome');
  });
});

describe(rules('LOC-145')`a call that its asker comes back for`, () => {
  it('is pending after waitSeconds, stays open, and is decided once', SLOW, async () => {
    const made = await paired();
    const over = { callId: 'c-1', waitSeconds: 0, timeoutSeconds: 300 } as const;
    expect((await authorize(made, over)).answer).toEqual({ decision: 'pending' });
    await until(() => made.relay.artifacts.size === 1, 'the question');
    expect((await authorize(made, { ...over, waitSeconds: 1 })).answer).toEqual({ decision: 'pending' });
    // Far longer than a layer of a host is waited for, by the quick clock of the tests.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(made.relay.withdrawn).toEqual([]);
    made.human.decide([...made.relay.artifacts.values()][0]!, 'approve');
    expect((await authorize(made, { ...over, waitSeconds: 30 })).answer).toMatchObject({ decision: 'allow' });
    expect((await authorize(made, over)).answer).toMatchObject({ decision: 'deny', code: 'collected_again' });
    expect(made.relay.artifacts.size).toBe(1);
  });

  it('is withdrawn when nobody comes back before its deadline', SLOW, async () => {
    const made = await paired();
    const over = { callId: 'c-1', waitSeconds: 0, timeoutSeconds: 10 } as const;
    await authorize(made, over);
    await until(() => made.relay.artifacts.size === 1, 'the question');
    await until(async () => (await made.client.requests()).requests.length === 0, 'its end');
    expect((await authorize(made, over)).answer).toMatchObject({ decision: 'deny' });
  });

  it.each([
    { other: 'arguments', over: { inputJson: '{"table":"orders"}' } },
    { other: 'tool', over: { tool: 'drop_table' } },
    { other: 'server', over: { server: 'db' } },
    { other: 'words for the human', over: { description: 'harmless' } },
  ])('gets nothing with other $other, nor does whoever asked first', SLOW, async ({ over }) => {
    const made = await paired();
    const call = { callId: 'c-1', waitSeconds: 0 } as const;
    await authorize(made, call);
    await until(() => made.relay.artifacts.size === 1, 'the question');
    expect((await authorize(made, { ...call, ...over })).answer).toMatchObject({
      decision: 'deny',
      code: 'input_changed',
    });
    made.human.decide([...made.relay.artifacts.values()][0]!, 'approve');
    expect((await authorize(made, call)).answer).toMatchObject({ decision: 'deny', code: 'input_changed' });
    expect(incidents(made)).toMatchObject([{ code: 'input_changed', host: 'my-agent', toolUseId: 'c-1' }]);
  });

  it('is another call under another session or source', SLOW, async () => {
    const made = await paired();
    approving(made);
    const answers = await Promise.all([
      authorize(made, { callId: 'c-1' }),
      authorize(made, { callId: 'c-1', sessionId: 's-2' }),
      authorize(made, { callId: 'c-1', source: 'other' }),
    ]);
    expect(answers.map(({ answer }) => answer.decision)).toEqual(['allow', 'allow', 'allow']);
    expect(made.relay.artifacts.size).toBe(3);
  });

  it('is withdrawn when its only asker goes away without having been told to come back', SLOW, async () => {
    const made = await paired();
    const leave = await askAndLeave(made.paths, JSON.stringify(authorizeBody(made.workspace, { callId: 'c-1' })));
    await until(() => made.relay.artifacts.size === 1, 'the question');
    leave();
    await until(() => made.relay.withdrawn.length === 1, 'the withdrawal');
    expect((await authorize(made, { callId: 'c-1' })).answer).toMatchObject({ decision: 'deny', code: 'withdrawn' });
  });
});

it('refuses what cannot be asked, and asks nobody', SLOW, async () => {
  const made = await paired();
  approving(made);
  const refused = async (over: object) => {
    const body = JSON.stringify({ ...authorizeBody(made.workspace), ...over });
    const { status, body: text } = await raw(made.paths, { path: '/v1/authorize', body });
    const answer = JSON.parse(text);
    return { status, code: status === 200 && answer.decision === 'deny' ? answer.code : answer.error?.code };
  };
  const misused = { status: 400, code: 'bad_request' };
  expect(await refused({ workspace: 'project' })).toEqual(misused);
  expect(await refused({ waitSeconds: 1 })).toEqual(misused);
  expect(await refused({ source: 'My Agent' })).toEqual(misused);
  expect(await refused({ approve: true })).toEqual(misused);
  expect(await refused({ tool: '' })).toEqual(misused);
  expect(await refused({ workspace: undefined })).toEqual({ status: 200, code: 'bad_request' });
  expect(await refused({ workspace: `${made.workspace}/none` })).toEqual({ status: 200, code: 'bad_request' });
  const unclear = { status: 200, code: 'invalid_json' };
  for (const inputJson of ['{', '[]', '{"a":1,"a":2}', '{"a":12345678901234567890}', '{"a":"\\ud800"}']) {
    expect({ inputJson, ...(await refused({ inputJson })) }).toEqual({ inputJson, ...unclear });
  }
  expect(made.relay.artifacts.size).toBe(0);
});

it('goes on after a restart: what was pending is asked anew', SLOW, async () => {
  const made = await paired();
  const over = { callId: 'c-1', waitSeconds: 0, timeoutSeconds: 300 } as const;
  await authorize(made, over);
  await until(() => made.relay.artifacts.size === 1, 'the question');
  await made.daemon.close();
  made.daemon = await launch(made.paths);
  await connectDaemon(made.paths);
  expect((await authorize(made, over)).answer).toEqual({ decision: 'pending' });
  await until(() => made.relay.artifacts.size === 2, 'the second question');
});
