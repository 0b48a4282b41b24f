import { rules } from '@airlock/conformance';
import { failure, ok, UNAVAILABLE, UNREACHABLE } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, WORKSPACE } from '../support/bench.js';

function prepared() {
  const b = bench();
  b.ready();
  return b;
}

describe(rules('ENF-080', 'ENF-090', 'ENF-100', 'ACK-010')`a request from opening to execution`, () => {
  it('is submitted, approved, recorded, claimed once, acknowledged and reported', () => {
    const b = prepared();
    const open = b.request();
    expect(b.progress(open.requestId)).toEqual([expect.objectContaining({ kind: 'submitted' })]);
    const before = b.driver.effects.length;
    b.decide(open, 'approve');
    const kinds = b.driver.effects.slice(before).map(({ type }) => type);
    expect(kinds.indexOf('journal.record')).toBeLessThan(kinds.indexOf('notify.request'));
    expect(kinds.indexOf('journal.record')).toBeLessThan(kinds.indexOf('gateway.ack'));
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'allow', outcome: 'approved' });
    expect(b.grants(open.requestId)).toBe(0);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(1);
    b.driver.send({ type: 'execution.outcome', requestId: open.requestId, outcome: 'succeeded' });
    expect(b.exchange(open.requestId)).toMatchObject({ name: 'Executed', result: 'succeeded', ack: { name: 'Sent' } });
    expect(b.gateway.acks).toHaveLength(1);
  });

  it('grants one execution however often it is claimed', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'approve');
    for (let i = 0; i < 3; i += 1) b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(1);
    expect(b.driver.of('execution.refuse').map(({ code }) => code)).toEqual(['already_executed', 'already_executed']);
  });

  it('passes a rejection and its signed reason on, and refuses a claim', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'reject', 'not on a Friday');
    expect(b.decided(open.requestId)).toMatchObject({
      verdict: 'deny',
      outcome: 'rejected',
      reason: 'not on a Friday',
    });
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
    expect(b.gateway.acks).toHaveLength(1);
  });

  it('binds the envelope to the plaintext and keeps the action out of the metadata', () => {
    const b = prepared();
    const open = b.request();
    const { envelope } = b.driver.of('gateway.submitArtifact')[0]!.request;
    expect(envelope.body).toMatchObject({
      artifactHash: open.artifactHash,
      ciphertext: { alg: 'AES-256-GCM', aad: expect.any(String) },
      metadata: { routingToken: expect.stringMatching(/^rt-/) },
    });
    expect(Object.keys(envelope.body.metadata ?? {})).toEqual(['routingToken']);
    expect(JSON.stringify(envelope)).not.toContain('npm');
  });
});

describe(rules('EXCH-150')`when the enforcer stops waiting`, () => {
  it('denies and withdraws at the deadline, and ignores what comes later', () => {
    const b = prepared();
    const open = b.request({ timeoutMs: 20_000 });
    const text = b.approver.decide({ ...open, decision: 'approve', at: b.clock.now().at });
    b.driver.advance(20_000);
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'timeout', code: 'deadline_passed' });
    expect(b.gateway.exchanges.get(open.requestId)?.state).toBe('Withdrawn');
    b.driver.send({ type: 'channel.message', workspaceId: WORKSPACE, text });
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
    expect(b.exchange(open.requestId)?.name).toBe('Expired');
  });

  it('withdraws when the caller goes away, a local rule denies or the engine stops', () => {
    const b = prepared();
    const [gone, denied, stopped] = [b.request(), b.request(), b.request()];
    b.driver.send({ type: 'request.withdraw', requestId: gone.requestId });
    b.driver.send({ type: 'request.deny', requestId: denied.requestId, reason: 'rule 7' });
    b.driver.send({ type: 'engine.shutdown' });
    const outcomes = [gone, denied, stopped].map(({ requestId }) => b.decided(requestId));
    expect(outcomes).toEqual([
      expect.objectContaining({ outcome: 'withdrawn', code: 'withdrawn' }),
      expect.objectContaining({ outcome: 'policy', code: 'HARP_ERR_POLICY_DENY', reason: 'rule 7' }),
      expect.objectContaining({ outcome: 'withdrawn', code: 'shutting_down' }),
    ]);
    expect([...b.gateway.exchanges.values()].map(({ state }) => state)).toEqual([
      'Withdrawn',
      'Withdrawn',
      'Withdrawn',
    ]);
  });

  it('waits again at once after a full hold, after a second otherwise', () => {
    const b = prepared();
    const open = b.request();
    const callId = `wait:${open.requestId}`;
    const waits = () => b.driver.of('gateway.wait').length;
    b.driver.advance(30_000);
    b.driver.release(callId, ok({ kind: 'pending', pauseMs: 0 }));
    expect(waits()).toBe(2);
    b.driver.release(callId, ok({ kind: 'pending', pauseMs: 0 }));
    expect(waits()).toBe(2);
    b.driver.advance(999);
    expect(waits()).toBe(2);
    b.driver.advance(1);
    expect(waits()).toBe(3);
    b.driver.release(callId, UNAVAILABLE);
    b.driver.advance(1000);
    b.driver.release(callId, UNREACHABLE);
    b.driver.advance(1999);
    expect(waits()).toBe(4);
    b.driver.advance(1);
    expect(waits()).toBe(5);
  });
});

describe(rules('ART-170', 'ENF-150')`answers to a submission`, () => {
  function submitting(outcome: ReturnType<typeof failure>) {
    let override: ReturnType<typeof failure> | null = null;
    const b = bench({
      gateway: (effect, now) =>
        override !== null && effect.type === 'gateway.submitArtifact' ? override : b.gateway.answer(effect, now),
    });
    b.ready();
    override = outcome;
    return { b, heal: () => (override = null) };
  }

  it.each([
    ['400', failure({ kind: 'rejected', code: 'invalid_request', status: 400 }), 'invalid_request'],
    ['409', failure({ kind: 'rejected', code: 'AlreadyExistsConflict', status: 409 }), 'AlreadyExistsConflict'],
    ['413', failure({ kind: 'rejected', code: 'payload_too_large', status: 413 }), 'payload_too_large'],
    ['422', failure({ kind: 'rejected', code: 'no_approver', status: 422 }), 'no_approver'],
    ['403', failure({ kind: 'forbidden', code: 'workspace_limit_exceeded', status: 403 }), 'workspace_limit_exceeded'],
    ['an undecodable answer', failure({ kind: 'malformed', code: 'malformed_response' }), 'malformed_response'],
    ['401 for a PAT', failure({ kind: 'unauthorized', code: 'unauthorized', status: 401 }), 'signed_out'],
  ])('%s denies', (_name, outcome, code) => {
    const { b } = submitting(outcome);
    const open = b.request();
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'failed', code });
  });

  it('resubmits the same envelope after 5xx and lost connections, with backoff, and denies at the deadline', () => {
    const { b } = submitting(UNAVAILABLE);
    const open = b.request({ timeoutMs: 60_000 });
    b.driver.advance(999);
    expect(b.driver.of('gateway.submitArtifact')).toHaveLength(1);
    b.driver.advance(2001);
    const sent = b.driver.of('gateway.submitArtifact').map(({ request }) => request.envelope);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
    b.driver.advance(60_000);
    expect(b.decided(open.requestId)).toMatchObject({
      verdict: 'deny',
      outcome: 'failed',
      code: 'gateway_unreachable',
    });
  });

  it('goes on when the gateway comes back', () => {
    const { b, heal } = submitting(UNREACHABLE);
    const open = b.request();
    heal();
    b.driver.advance(1000);
    b.decide(open, 'approve');
    expect(b.decided(open.requestId)?.kind === 'decided' && b.exchange(open.requestId)?.name).toBe('Approved');
  });

  it('says that nothing left the machine when nothing did', () => {
    const { b } = submitting(
      failure({ kind: 'unreachable', code: 'gateway_unreachable', retryable: true, sent: false }),
    );
    const open = b.request({ timeoutMs: 500 });
    b.driver.advance(500);
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', submissionBegan: false });
  });
});

describe(rules('ENF-135')`limits against flooding the human`, () => {
  it('denies the ninth open request of a session and leaves other sessions alone', () => {
    const b = prepared();
    const open = Array.from({ length: 8 }, () => b.request({ sessionId: 'one' }));
    expect(b.decided(b.request({ sessionId: 'one' }).requestId)).toMatchObject({ code: 'too_many_open' });
    expect(b.decided(b.request({ sessionId: 'two' }).requestId)).toBeUndefined();
    expect(b.decided(b.request().requestId)).toBeUndefined();
    b.driver.send({ type: 'request.withdraw', requestId: open[0]!.requestId });
    expect(b.decided(b.request({ sessionId: 'one' }).requestId)).toBeUndefined();
  });

  it('denies a content after three rejections until the window is over', () => {
    const b = prepared();
    for (let i = 0; i < 3; i += 1) b.decide(b.request(), 'reject');
    expect(b.decided(b.request().requestId)).toMatchObject({ outcome: 'policy', code: 'repeated_rejection' });
    expect(b.decided(b.request({ argv: ['npm', 'ci'] }).requestId)).toBeUndefined();
    b.driver.advance(600_000);
    expect(b.decided(b.request().requestId)).toBeUndefined();
  });

  it('counts across a restart and does not count timeouts', () => {
    const b = prepared();
    for (let i = 0; i < 2; i += 1) b.decide(b.request(), 'reject');
    b.request({ timeoutMs: 10 });
    b.driver.advance(10);
    expect(b.driver.state().rejections).toHaveLength(2);
    expect(b.driver.stored().rejections).toHaveLength(2);
  });
});

describe(rules('ENF-130', 'INV-12')`a restart`, () => {
  it('withdraws what was open, resumes nothing and refuses claims', () => {
    const b = prepared();
    const approved = b.request();
    b.decide(approved, 'approve');
    const open = b.request();
    const again = bench({ gateway: (effect, now) => b.gateway.answer(effect, now) });
    again.driver.send({ type: 'engine.start', durable: b.driver.stored() });
    expect(b.gateway.exchanges.get(open.requestId)?.state).toBe('Withdrawn');
    for (const { requestId } of [approved, open]) again.driver.send({ type: 'execution.claim', requestId });
    expect(again.driver.of('execution.grant')).toEqual([]);
    expect(again.driver.of('execution.refuse').map(({ code }) => code)).toEqual(['unknown_request', 'unknown_request']);
    expect(again.driver.state().orphans).toEqual({});
    expect(again.driver.stored().openRequests).toEqual([]);
  });
});
