import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { admission, step } from '../../src/index.js';
import { bench, type BenchOptions, WORKSPACE } from '../support/bench.js';

const DOCUMENT = '{"version":7}';

function prepared(options: BenchOptions = {}) {
  const b = bench(options);
  b.ready();
  return b;
}

/** Paired with an approver that knows only the published scheme. */
function trusting() {
  const b = bench();
  b.start();
  b.signIn();
  const pairingId = b.startPairing();
  b.completePairing(b.approver, null);
  b.driver.send({ type: 'pairing.confirm', pairingId, accept: true });
  return b;
}

const require = (b: ReturnType<typeof bench>, ...requirements: readonly ('harp-decision' | 'verified-pairing')[]) =>
  b.driver.send({ type: 'policy.requirements', workspaceId: WORKSPACE, requirements });

describe(rules('LOC-080')`the approval of a policy document`, () => {
  it('comes with the message that approved it, exactly as delivered', () => {
    const b = prepared();
    const open = b.request({ policy: DOCUMENT });
    const text = b.decide(open, 'approve');
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'allow', evidence: text });
  });

  it('as every approval does, for its receipt', () => {
    const b = prepared();
    const open = b.request();
    const text = b.decide(open, 'approve');
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'allow', evidence: text });
  });

  it('a rejected document has none', () => {
    const b = prepared();
    const open = b.request({ policy: DOCUMENT });
    b.decide(open, 'reject');
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny' });
    expect(b.decided(open.requestId)).not.toHaveProperty('evidence');
  });

  it('can be claimed once', () => {
    const b = prepared();
    const open = b.request({ policy: DOCUMENT });
    b.decide(open, 'approve');
    for (let i = 0; i < 2; i += 1) b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(1);
  });
});

describe(rules('PAIR-210')`a workspace that requires a verified pairing from now on`, () => {
  it('refuses a pairing without proof', () => {
    const b = bench();
    b.start();
    b.signIn();
    require(b, 'verified-pairing');
    const pairingId = b.startPairing();
    b.completePairing(b.approver, null);
    const told = b.driver.of('notify.pairing').filter((effect) => effect.pairingId === pairingId);
    expect(told.at(-1)?.progress).toMatchObject({ kind: 'refused', reason: 'unverified' });
  });

  it('admits nothing to the unverified approver it has, ends what waits there, and keeps an approval from being used', () => {
    const b = trusting();
    expect(admission(b.driver.state(), WORKSPACE)).toEqual({ kind: 'open' });
    const [waiting, approved] = [b.request(), b.request()];
    b.decide(approved, 'approve');
    require(b, 'verified-pairing');
    expect(b.decided(waiting.requestId)).toMatchObject({ verdict: 'deny', code: 'pairing_unverified' });
    b.driver.send({ type: 'execution.claim', requestId: approved.requestId });
    expect(b.grants(approved.requestId)).toBe(0);
    expect(admission(b.driver.state(), WORKSPACE)).toEqual({ kind: 'closed', code: 'pairing_unverified' });
    expect(b.decided(b.request().requestId)).toMatchObject({ verdict: 'deny', code: 'pairing_unverified' });
    require(b);
    expect(admission(b.driver.state(), WORKSPACE)).toEqual({ kind: 'open' });
  });

  it('changes nothing for a verified one, nor for another workspace', () => {
    const b = prepared();
    require(b, 'verified-pairing', 'harp-decision');
    expect(admission(b.driver.state(), WORKSPACE)).toEqual({ kind: 'open' });
    const other = trusting();
    other.driver.send({ type: 'policy.requirements', workspaceId: '/elsewhere', requirements: ['verified-pairing'] });
    expect(admission(other.driver.state(), WORKSPACE)).toEqual({ kind: 'open' });
  });
});

describe(rules('ENF-030')`a workspace that requires the canonical decision from now on`, () => {
  it.each([
    [[], { verdict: 'allow' }],
    [['harp-decision'], { verdict: 'deny', code: 'HARP_ERR_SIGNATURE_INVALID' }],
  ] as const)('with %j an approval in the short form alone gives %j', (requirements, expected) => {
    const b = prepared({ capabilities: [] });
    const open = b.request();
    require(b, ...requirements);
    const frame = JSON.parse(b.approver.decide({ ...open, decision: 'approve', at: b.clock.now().at }));
    delete frame.body.harpDecision;
    b.driver.send({ type: 'channel.message', workspaceId: WORKSPACE, text: JSON.stringify(frame) });
    expect(b.decided(open.requestId)).toMatchObject(expected);
  });
});

it('requirements of a name every object has are those of nobody', () => {
  const b = trusting();
  const { state } = step(b.driver.state(), {
    type: 'policy.requirements',
    workspaceId: 'constructor',
    requirements: ['verified-pairing'],
    ...b.clock.now(),
  });
  expect(admission(state, WORKSPACE)).toEqual({ kind: 'open' });
});
