import { rules } from '@airlock/conformance';
import { commandRequest, scriptedApprover, seededRng } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, ENFORCER_ID, WORKSPACE } from '../support/bench.js';

function prepared() {
  const b = bench();
  b.ready();
  return b;
}

function message(b: ReturnType<typeof bench>, text: string) {
  b.driver.send({ type: 'channel.message', workspaceId: WORKSPACE, text });
}

const refusals = (b: ReturnType<typeof bench>) =>
  b.audit('decision.refused').map(({ entry }) => [entry.step, entry.code, entry.reason]);

describe(rules('ENF-020', 'ENF-190', 'INV-1')`a hostile gateway that wants an execution`, () => {
  it('cannot reuse an approval for another request', () => {
    const b = prepared();
    const [wanted, other] = [b.request(), b.request()];
    const text = b.approver.decide({ ...other, decision: 'approve', at: b.clock.now().at });
    message(b, text.replaceAll(other.requestId, wanted.requestId));
    expect(refusals(b)).toEqual([[7, 'HARP_ERR_HASH_MISMATCH', 'artifact_hash']]);
    expect(b.decided(wanted.requestId)).toMatchObject({
      verdict: 'deny',
      outcome: 'failed',
      code: 'HARP_ERR_HASH_MISMATCH',
      refusal: { step: 7, reason: 'artifact_hash' },
    });
  });

  it('cannot answer one wait with the decision of another', () => {
    const b = prepared();
    const [wanted, other] = [b.request(), b.request()];
    const text = b.approver.decide({ ...other, decision: 'approve', at: b.clock.now().at });
    b.driver.release(`wait:${wanted.requestId}`, { ok: true, value: { kind: 'delivered', text } });
    expect(refusals(b)).toEqual([[2, 'HARP_ERR_REPLAY', 'request_mismatch']]);
  });

  it('cannot decide a request over the channel of another workspace', () => {
    const b = prepared();
    const open = b.request();
    const text = b.approver.decide({ ...open, decision: 'approve', at: b.clock.now().at });
    b.driver.send({ type: 'channel.message', workspaceId: '/other', text });
    expect(b.exchange(open.requestId)).toMatchObject({ name: 'AwaitingDecision', stage: { kind: 'calling' } });
  });

  it('cannot sign for the approver, and is not asked for a better answer', () => {
    const b = prepared();
    const open = b.request();
    const attacker = scriptedApprover(seededRng(66));
    message(b, attacker.decide({ ...open, decision: 'approve', at: b.clock.now().at }));
    expect(refusals(b)).toEqual([[8, 'HARP_ERR_SIGNATURE_INVALID', 'unknown_key']]);
    message(b, b.approver.decide({ ...open, decision: 'approve', at: b.clock.now().at }));
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
    expect(b.driver.of('gateway.wait')).toHaveLength(1);
  });

  it('cannot replay a decision after a crash between record and execution', () => {
    const b = prepared();
    const open = b.request();
    const text = b.decide(open, 'approve');
    const again = bench({
      gateway: (effect, now) => (effect.type === 'gateway.wait' ? 'parked' : b.gateway.answer(effect, now)),
    });
    for (const key of b.driver.journal) again.driver.journal.add(key);
    again.driver.send({ type: 'engine.start', durable: b.driver.stored() });
    again.driver.send({ type: 'request.open', ...open });
    message(again, text);
    expect(refusals(again)).toEqual([[22, 'HARP_ERR_REPLAY', 'replayed']]);
    again.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(again.grants(open.requestId)).toBe(0);
  });
});

describe(rules('INV-7', 'ENF-060')`a rejection`, () => {
  it.each([
    ['unsigned', { decision: 'reject' }],
    ['with a bad signature', { decision: 'reject', signature: 'AAAA', nonce: 'A'.repeat(22), signerKeyId: 'x' }],
  ])('%s denies', (_name, body) => {
    const b = prepared();
    const open = b.request();
    message(
      b,
      JSON.stringify({
        msgType: 'decision.deliver',
        requestId: open.requestId,
        body: { artifactHash: open.artifactHash, ...body },
      }),
    );
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'failed' });
  });

  it('that nobody signed does not count towards the repeat limit', () => {
    const b = prepared();
    for (let i = 0; i < 3; i += 1) {
      const open = b.request();
      message(
        b,
        JSON.stringify({ msgType: 'decision.deliver', requestId: open.requestId, body: { decision: 'reject' } }),
      );
    }
    expect(b.decided(b.request().requestId)).toBeUndefined();
  });
});

describe(rules('INV-7', 'INV-11')`while an approval is being recorded`, () => {
  function recording() {
    const b = bench({ journalHeld: () => true });
    b.ready();
    const open = b.request();
    const text = b.decide(open, 'approve');
    const claim = () => {
      b.driver.send({ type: 'journal.recorded', requestId: open.requestId });
      b.driver.send({ type: 'execution.claim', requestId: open.requestId });
      return b.grants(open.requestId);
    };
    return { b, open, text, claim };
  }

  it('a signed rejection denies', () => {
    const { b, open, claim } = recording();
    message(b, b.approver.decide({ ...open, decision: 'reject', at: b.clock.now().at }));
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'rejected' });
    expect(claim()).toBe(0);
  });

  it('an unsigned rejection denies', () => {
    const { b, open, claim } = recording();
    message(
      b,
      JSON.stringify({ msgType: 'decision.deliver', requestId: open.requestId, body: { decision: 'reject' } }),
    );
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'failed' });
    expect(claim()).toBe(0);
  });

  it('a redelivery and a second approval change nothing', () => {
    const { b, open, text, claim } = recording();
    message(b, text);
    message(b, b.approver.decide({ ...open, decision: 'approve', at: b.clock.now().at }));
    expect(b.driver.of('journal.record')).toHaveLength(1);
    expect(b.audit('decision.contradiction')).toHaveLength(1);
    expect(claim()).toBe(1);
  });

  it('the deadline, a revocation and a withdrawal end it', () => {
    const { b, open, claim } = recording();
    b.driver.advance(300_000);
    expect(b.exchange(open.requestId)?.name).toBe('Expired');
    expect(claim()).toBe(0);
  });
});

describe(rules('INV-11')`contradicting decisions`, () => {
  it('leave the first valid one in force and are logged', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'approve');
    message(b, b.approver.decide({ ...open, decision: 'reject', at: b.clock.now().at }));
    expect(b.exchange(open.requestId)?.name).toBe('Approved');
    expect(b.audit('decision.contradiction')).toHaveLength(1);
  });

  it('are not seen in a redelivery of the same decision', () => {
    const b = prepared();
    const open = b.request();
    const text = b.decide(open, 'approve');
    message(b, text);
    expect(b.audit('decision.contradiction')).toEqual([]);
    expect(b.audit('decision.ignored')).toEqual([]);
  });
});

describe(rules('INV-20', 'INV-21', 'ENF-090')`clocks that lie`, () => {
  it('do not prolong an approval: the monotonic deadline holds when the wall clock is set back', () => {
    const b = prepared();
    const open = b.request({ lifetimeMs: 120_000 });
    b.decide(open, 'approve');
    b.clock.jumpWall(-3_600_000);
    b.clock.advance(120_000);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
    expect(b.exchange(open.requestId)?.name).toBe('Expired');
  });

  it('end an approval when the wall clock is set forward', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'approve');
    b.clock.jumpWall(600_000);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
  });

  it('do not prolong a canonical decision when the wall clock is set forward', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'approve');
    b.clock.jumpWall(360_000);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
  });

  it('do not outlive the canonical decision and its tolerance', () => {
    const b = prepared();
    const claimAfter = (ms: number) => {
      const open = b.request();
      b.decide(open, 'approve');
      b.clock.advance(ms);
      b.driver.send({ type: 'execution.claim', requestId: open.requestId });
      return b.grants(open.requestId);
    };
    expect(claimAfter(359_999)).toBe(1);
    expect(claimAfter(360_000)).toBe(0);
  });
});

describe(rules('ENF-120')`a journal that does not work`, () => {
  it('denies with the code of step 23', () => {
    const b = bench({ journalWritable: () => false });
    b.ready();
    const open = b.request();
    b.decide(open, 'approve');
    expect(b.decided(open.requestId)).toMatchObject({
      verdict: 'deny',
      code: 'HARP_ERR_REPLAY',
      refusal: { step: 23 },
    });
  });

  it('and any other local fault denies what is open and what comes', () => {
    const b = prepared();
    const open = b.request();
    b.driver.send({ type: 'engine.fault', code: 'journal_corrupt' });
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', code: 'journal_corrupt' });
    expect(b.decided(b.request().requestId)).toMatchObject({ verdict: 'deny', code: 'journal_corrupt' });
    b.driver.send({ type: 'engine.repaired' });
    expect(b.decided(b.request().requestId)).toBeUndefined();
  });
});

describe(rules('ENF-150')`whoever is not signed in or not paired`, () => {
  it('is denied before anything leaves', () => {
    const b = bench();
    const open = () =>
      commandRequest({
        rng: b.rng,
        requestId: `req-${b.rng.uuid()}`,
        workspaceId: WORKSPACE,
        enforcerId: ENFORCER_ID,
        createdAt: b.clock.now().at,
      });
    const codeOf = () => {
      const request = open();
      b.driver.send({ type: 'request.open', ...request });
      const decided = b.decided(request.requestId);
      return decided?.kind === 'decided' ? [decided.verdict, decided.code] : null;
    };
    expect(codeOf()).toEqual(['deny', 'starting']);
    b.start();
    expect(codeOf()).toEqual(['deny', 'not_signed_in']);
    b.signIn();
    expect(codeOf()).toEqual(['deny', 'not_paired']);
    b.startPairing();
    expect(codeOf()).toEqual(['deny', 'not_paired']);
    b.completePairing();
    expect(codeOf()).toBeNull();
    b.driver.send({ type: 'pairing.unpair', workspaceId: WORKSPACE });
    expect(codeOf()).toEqual(['deny', 'not_paired']);
    b.driver.send({ type: 'engine.shutdown' });
    expect(codeOf()).toEqual(['deny', 'shutting_down']);
    expect(b.driver.of('execution.grant')).toEqual([]);
  });
});
