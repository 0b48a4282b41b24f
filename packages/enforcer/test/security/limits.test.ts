import { rules } from '@airlock/conformance';
import { ENGINE_LIMITS } from '@airlock/enforcer';
import { describe, expect, it } from 'vitest';
import { bench, WORKSPACE } from '../support/bench.js';

function prepared(options = {}) {
  const b = bench(options);
  b.ready();
  return b;
}

describe(rules('INV-20', 'ENF-090')`a decision held back until the request's own deadline has passed`, () => {
  const WAIT_MS = 10_000;

  function late(decision: 'approve' | 'reject', elapsedMs: number) {
    const b = prepared();
    const open = b.request({ timeoutMs: WAIT_MS });
    const text = b.approver.decide({ ...open, decision, at: b.clock.now().at });
    // The clock goes on, the timer has not fired yet: a busy machine, or one that slept.
    b.clock.advance(elapsedMs);
    b.driver.send({ type: 'channel.message', workspaceId: WORKSPACE, text });
    return { b, open };
  }

  it('counts as the timeout, is withdrawn and executes nothing', () => {
    const { b, open } = late('approve', WAIT_MS);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.exchange(open.requestId)?.name).toBe('Expired');
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'timeout', code: 'deadline_passed' });
    expect(b.driver.of('gateway.withdraw').map(({ request }) => request.requestId)).toEqual([open.requestId]);
    expect(b.driver.of('journal.record')).toEqual([]);
    expect(b.audit('decision.ignored')).toHaveLength(1);
    expect(b.grants(open.requestId)).toBe(0);
  });

  it('counts one millisecond earlier', () => {
    const { b, open } = late('approve', WAIT_MS - 1);
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'allow', outcome: 'approved' });
  });

  it('denies as the rejection it is when it rejects', () => {
    const { b, open } = late('reject', WAIT_MS);
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'rejected' });
  });

  it('counts as the timeout also when only its record came too late', () => {
    const b = prepared({ journalHeld: () => true });
    const open = b.request({ timeoutMs: WAIT_MS });
    b.decide(open, 'approve');
    b.clock.advance(WAIT_MS);
    b.driver.send({ type: 'journal.recorded', requestId: open.requestId });
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.decided(open.requestId)).toMatchObject({ outcome: 'timeout', code: 'deadline_passed' });
    expect(b.grants(open.requestId)).toBe(0);
  });
});

describe(rules('ENF-135')`a caller that invents session ids to flood the human`, () => {
  it('has 32 requests open in a workspace and not one more, whatever it calls its sessions', () => {
    expect(ENGINE_LIMITS.openPerWorkspace).toBe(32);
    const b = prepared();
    const open = Array.from({ length: 32 }, (_, i) => b.request({ sessionId: `invented-${i}` }));
    for (const one of open) expect(b.decided(one.requestId)).toBeUndefined();
    const refused = { verdict: 'deny', outcome: 'policy', code: 'too_many_open', submissionBegan: false };
    expect(b.decided(b.request({ sessionId: 'invented-32' }).requestId)).toMatchObject(refused);
    expect(b.decided(b.request().requestId)).toMatchObject(refused);
    expect(b.driver.of('gateway.submitArtifact')).toHaveLength(32);
    b.driver.send({ type: 'request.withdraw', requestId: open[0]!.requestId });
    expect(b.decided(b.request({ sessionId: 'invented-33' }).requestId)).toBeUndefined();
  });
});
