import { rules } from '@airlock/conformance';
import { failure, type ok, scriptedApprover, seededRng, UNREACHABLE } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { pairingFacts } from '../../src/index.js';
import { bench, type Bench, type BenchOptions, SECRET, WORKSPACE } from '../support/bench.js';

function signedIn(options: BenchOptions = {}) {
  const b = bench(options);
  b.start();
  b.signIn();
  return b;
}

const progress = (b: Bench) => b.driver.of('notify.pairing').map((effect) => effect.progress);
const last = (b: Bench) => progress(b).at(-1);
const other = () => scriptedApprover(seededRng(99));

describe(rules('PAIR-200', 'PAIR-260', 'CRYP-080', 'INV-36')`a verified pairing`, () => {
  it('is stored before it is in force, with everything that identifies the approver', () => {
    const b = signedIn();
    b.startPairing();
    expect(last(b)).toMatchObject({ kind: 'started', pairingCode: 'K7M2QX' });
    b.completePairing();
    const types = b.driver.effects.map(({ type }) => type);
    const { standing } = b.pairing()!;
    expect(b.pairing()?.name).toBe('Paired');
    expect(standing.active).toMatchObject({
      assurance: 'verified',
      publicKey: b.approver.publicKey,
      signerKeyId: expect.stringMatching(/^al1\./),
      capabilities: b.approver.capabilities,
      routingToken: expect.stringMatching(/^rt-/),
      approverDeviceId: 'dev-scripted',
    });
    expect(types.lastIndexOf('persist')).toBeLessThan(types.lastIndexOf('notify.pairing'));
    expect(b.driver.stored().workspaces).toEqual([standing]);
    expect(last(b)).toMatchObject({ kind: 'paired', assurance: 'verified', newRecoveryCode: true, replaced: false });
  });

  it('keeps no secret and no private key of the session', () => {
    const b = signedIn();
    b.startPairing();
    expect(JSON.stringify(b.driver.state())).toContain(SECRET);
    b.completePairing();
    expect(JSON.stringify(b.driver.state())).not.toContain(SECRET);
    expect(JSON.stringify(b.driver.state())).not.toContain('x25519PrivateKey');
  });

  it('sends the gateway neither secret nor private key', () => {
    const b = signedIn();
    b.startPairing();
    b.completePairing();
    expect(JSON.stringify(b.driver.of('gateway.initiatePairing'))).not.toContain(SECRET);
    expect(JSON.stringify(b.driver.of('audit.append'))).not.toContain(SECRET);
  });

  it('claims a code that an approver shows', () => {
    const b = signedIn();
    b.startPairing({ mode: { kind: 'claim', pairingCode: 'ABC123' } });
    expect(b.pairing()?.name).toBe('Claimed');
    expect(b.driver.of('gateway.claimPairing')[0]?.request.body).toMatchObject({ pairingCode: 'ABC123' });
    b.completePairing();
    expect(b.pairing()?.name).toBe('Paired');
  });
});

describe(rules('PAIR-190', 'PAIR-200', 'INV-36', 'INV-37')`a hostile gateway at pairing`, () => {
  it.each([
    ['an approver of its own that knows no secret, posing as verified', 'WRONG', 'confirm'],
    ['a guessed secret', '0000000000000000', 'confirm'],
  ])('with %s stores nothing and burns the secret', (_name, secret, reason) => {
    const b = signedIn();
    b.startPairing();
    b.completePairing(other(), secret);
    expect(last(b)).toEqual({ kind: 'refused', reason, interception: true });
    expect(b.pairing()).toMatchObject({ name: 'Unpaired', standing: { active: null, pin: null } });
    expect(b.driver.stored().workspaces).toEqual([]);
    expect(b.gateway.revoked.size).toBe(1);
    b.completePairing();
    expect(b.pairing()?.name).toBe('Unpaired');
  });

  it('that swaps the enforcer key is noticed', () => {
    const b = signedIn();
    b.startPairing();
    const view = { ...b.session(), enforcerX25519: 'zyPr3dSI3Y1wzWFpitfJnYq9-f0koE1Lj7SrSD0owxs' };
    b.gateway.complete(view.pairingNonce, b.approver.pair(view, { at: b.clock.now().at, secret: SECRET }));
    b.driver.advance(2000);
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'confirm', interception: true });
  });

  it.each([
    ['garbage', 'x', 'malformed'],
    ['an empty object', '{}', 'malformed'],
  ])('that sends %s ends the attempt', (_name, json, reason) => {
    const b = signedIn();
    b.startPairing();
    b.gateway.complete(b.session().pairingNonce, json);
    b.driver.advance(2000);
    expect(last(b)).toEqual({ kind: 'refused', reason, interception: true });
  });

  it('that completes without a response or token ends the attempt', () => {
    const b = signedIn();
    b.startPairing();
    Object.assign(b.session(), { state: 'Completed' });
    b.driver.advance(2000);
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'gateway' });
  });
});

describe(rules('PAIR-210')`a gateway-trusted pairing`, () => {
  it('is stored only after the human confirmed the safety number', () => {
    const b = signedIn();
    const pairingId = b.startPairing();
    b.completePairing(b.approver, null);
    expect(last(b)).toMatchObject({
      kind: 'confirm',
      safetyNumber: expect.stringMatching(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/),
    });
    expect(b.driver.stored().workspaces).toEqual([]);
    b.driver.send({ type: 'pairing.confirm', pairingId, accept: true });
    expect(b.pairing()).toMatchObject({
      name: 'Paired',
      standing: { active: { assurance: 'gateway-trusted' }, recovery: null },
    });
  });

  it('is forgotten when the human declines or the time is up', () => {
    const b = signedIn();
    const pairingId = b.startPairing();
    b.completePairing(b.approver, null);
    b.driver.send({ type: 'pairing.confirm', pairingId, accept: false });
    expect(last(b)).toEqual({ kind: 'refused', reason: 'declined', interception: false });
    b.startPairing();
    b.completePairing(b.approver, null);
    b.driver.advance(600_000);
    expect(last(b)).toEqual({ kind: 'expired' });
    expect(b.pairing()).toMatchObject({ name: 'Expired', standing: { active: null } });
    expect(b.gateway.revoked.size).toBe(2);
  });

  it('is refused when verification is required or nobody can confirm', () => {
    const strict = signedIn({ config: { requireVerifiedPairing: true } });
    strict.startPairing();
    strict.completePairing(strict.approver, null);
    expect(last(strict)).toMatchObject({ kind: 'refused', reason: 'unverified' });
    const alone = signedIn();
    alone.startPairing({ unattended: true });
    alone.completePairing(alone.approver, null);
    expect(last(alone)).toMatchObject({ kind: 'refused', reason: 'unverified' });
  });
});

describe(rules('PAIR-260', 'PAIR-265', 'INV-38')`replacing the approver`, () => {
  function paired(options: BenchOptions = {}) {
    const b = bench(options);
    b.ready();
    return b;
  }

  it('needs the pinned key, also after unpairing', () => {
    const b = paired();
    const { pin } = b.pairing()!.standing;
    b.driver.send({ type: 'pairing.unpair', workspaceId: WORKSPACE });
    expect(b.pairing()).toMatchObject({ name: 'Unpaired', standing: { active: null, pin } });
    b.startPairing();
    b.completePairing(other());
    expect(last(b)).toMatchObject({ kind: 'needs-old-approver', reachable: false });
    expect(b.pairing()?.name).toBe('AwaitingConfirm');
    b.driver.advance(600_000);
    expect(b.pairing()).toMatchObject({ name: 'Expired', standing: { active: null, pin } });
    b.startPairing();
    b.completePairing();
    expect(b.pairing()?.name).toBe('Paired');
    expect(last(b)).toMatchObject({ kind: 'paired', replaced: false, newRecoveryCode: false });
  });

  it('does not lower a verified pin to gateway-trusted without authority', () => {
    const b = paired();
    const pairingId = b.startPairing();
    b.completePairing(b.approver, null);
    expect(last(b)).toMatchObject({ kind: 'needs-old-approver' });
    b.driver.send({ type: 'pairing.confirm', pairingId, accept: true });
    expect(b.pairing()?.standing.active?.assurance).toBe('verified');
  });

  function replacement(b: Bench, key: string) {
    return b.request({ policy: JSON.stringify({ approverKey: key, version: 1 }) });
  }

  it('works with the old approver’s signature over the new key, and revokes the old one', () => {
    const b = paired();
    const newcomer = other();
    const pairingId = b.startPairing();
    b.completePairing(newcomer);
    const open = replacement(b, newcomer.publicKey);
    b.driver.send({ type: 'pairing.replace', pairingId, requestId: open.requestId });
    expect(b.pairing()?.name).toBe('AwaitingConfirm');
    b.decide(open, 'approve');
    b.driver.send({ type: 'pairing.replace', pairingId, requestId: open.requestId });
    expect(b.pairing()).toMatchObject({
      name: 'Paired',
      standing: { active: { publicKey: newcomer.publicKey }, pin: { publicKey: newcomer.publicKey } },
    });
    expect(b.pairing()?.standing.revokedKeys.map(({ publicKey }) => publicKey)).toEqual([b.approver.publicKey]);
    expect(last(b)).toMatchObject({ kind: 'paired', replaced: true });
    expect(b.grants(open.requestId)).toBe(0);
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(0);
    expect(b.gateway.revoked.size).toBe(1);
  });

  it('ignores an approval that names another key or comes from an unprotected one', () => {
    const b = paired();
    const pairingId = b.startPairing();
    b.completePairing(other());
    const open = replacement(b, scriptedApprover(seededRng(5)).publicKey);
    b.decide(open, 'approve');
    b.driver.send({ type: 'pairing.replace', pairingId, requestId: open.requestId });
    expect(b.pairing()?.name).toBe('AwaitingConfirm');
    const weak = paired({ capabilities: ['harp-decision/1', 'unprotected-key'] });
    const newcomer = other();
    const weakId = weak.startPairing();
    weak.completePairing(newcomer);
    const change = replacement(weak, newcomer.publicKey);
    weak.decide(change, 'approve');
    weak.driver.send({ type: 'pairing.replace', pairingId: weakId, requestId: change.requestId });
    expect(weak.pairing()?.name).toBe('AwaitingConfirm');
  });

  it('works with the recovery code, which is used up, replaced and shown for seven days', () => {
    const b = paired({ recoveryCode: () => true });
    const before = b.pairing()!.standing.recovery;
    b.driver.send({ type: 'pairing.unpair', workspaceId: WORKSPACE });
    b.startPairing({ hasRecoveryCode: true });
    b.completePairing(other());
    const { standing } = b.pairing()!;
    expect(b.pairing()?.name).toBe('Paired');
    expect(standing.recovery).not.toEqual(before);
    expect(last(b)).toMatchObject({ kind: 'paired', replaced: true, newRecoveryCode: true });
    expect(b.audit('recovery.used')).toHaveLength(1);
    const { at } = b.clock.now();
    expect(pairingFacts(b.driver.state(), WORKSPACE, at)?.notices).toEqual(['recovery-used']);
    expect(pairingFacts(b.driver.state(), WORKSPACE, at + 604_800_000)?.notices).toEqual([]);
  });

  it('stops at a wrong recovery code before anything is sent', () => {
    const b = paired({ recoveryCode: () => false });
    const before = b.driver.of('gateway.initiatePairing').length;
    b.startPairing({ hasRecoveryCode: true });
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'recovery_code_wrong' });
    expect(b.driver.of('gateway.initiatePairing')).toHaveLength(before);
    expect(b.pairing()?.name).toBe('Paired');
  });
});

describe(rules('ENF-160', 'ENF-040', 'INV-21')`a revocation`, () => {
  it.each([
    ['403 pairing_revoked', (b: Bench) => b.gateway.revoked.add(b.pairing()!.standing.active!.routingToken)],
    [
      'pairing.revoked',
      (b: Bench) =>
        b.driver.send({
          type: 'channel.message',
          workspaceId: WORKSPACE,
          text: '{"msgType":"pairing.revoked","type":"pairing.revoked","body":{}}',
        }),
    ],
    [
      '403 to a call beside the engine',
      (b: Bench) => {
        const { routingToken } = b.pairing()!.standing.active!;
        b.driver.send({ type: 'pairing.revoked', workspaceId: WORKSPACE, routingToken });
      },
    ],
  ])('by %s denies until a new pairing and keeps the pin', (_name, revoke) => {
    const b = bench();
    b.ready();
    const approved = b.request();
    b.decide(approved, 'approve');
    const waiting = b.request();
    revoke(b);
    const next = b.request();
    expect(b.decided(next.requestId)).toMatchObject({ verdict: 'deny', code: 'pairing_revoked' });
    expect(b.decided(waiting.requestId)).toMatchObject({ verdict: 'deny', code: 'pairing_revoked' });
    b.driver.send({ type: 'execution.claim', requestId: approved.requestId });
    expect(b.grants(approved.requestId)).toBe(0);
    expect(b.pairing()).toMatchObject({
      name: 'Revoked',
      standing: { active: null, pin: { publicKey: b.approver.publicKey } },
    });
    expect(b.driver.stored().workspaces[0]).toMatchObject({ revoked: true, active: null });
    b.startPairing();
    b.completePairing();
    expect(b.pairing()?.name).toBe('Paired');
  });

  it('of an older pairing leaves the one in force alone', () => {
    const b = bench();
    b.ready();
    b.driver.send({ type: 'pairing.revoked', workspaceId: WORKSPACE, routingToken: 'rt-older' });
    b.driver.send({ type: 'pairing.revoked', workspaceId: '/nowhere', routingToken: 'rt-older' });
    expect(b.pairing()?.name).toBe('Paired');
  });
});

describe('a pairing attempt', () => {
  it('leaves the pairing in force alone until another one is stored', () => {
    const b = bench();
    b.ready();
    b.startPairing();
    const open = b.request();
    expect(b.exchange(open.requestId)?.name).toBe('AwaitingDecision');
    b.driver.advance(600_000);
    expect(last(b)).toEqual({ kind: 'expired' });
    expect(b.pairing()?.name).toBe('Paired');
  });

  it('refuses a second one beside it', () => {
    const b = signedIn();
    b.startPairing();
    b.startPairing();
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'already_pairing' });
    b.completePairing();
    expect(b.pairing()?.name).toBe('Paired');
  });

  it('expires with the session', () => {
    const b = signedIn();
    b.startPairing();
    b.driver.advance(599_999);
    expect(b.pairing()?.name).toBe('Initiated');
    b.driver.advance(1);
    expect(b.pairing()?.name).toBe('Expired');
    expect(JSON.stringify(b.driver.state())).not.toContain(SECRET);
  });

  it.each([
    ['not signed in', {}, (b: Bench) => b.driver.send({ type: 'auth.signOut' }), 'not_signed_in'],
    [
      'a wrong code',
      { claimPairing: failure({ kind: 'rejected', code: 'pairing_code_invalid', status: 404 }) },
      null,
      'code_invalid',
    ],
    ['no gateway', { claimPairing: UNREACHABLE }, null, 'gateway'],
  ] as const)('is refused with %s', (_name, overrides: Record<string, unknown>, before, reason) => {
    const b: Bench = bench({
      gateway: (effect, now) =>
        (overrides[effect.type.slice('gateway.'.length)] as ReturnType<typeof ok> | undefined) ??
        b.gateway.answer(effect, now),
    });
    b.start();
    b.signIn();
    before?.(b);
    b.startPairing({ mode: { kind: 'claim', pairingCode: 'ABC123' } });
    expect(last(b)).toMatchObject({ kind: 'refused', reason });
  });

  it('ends when the approver rejects, the session is unknown, the user cancels or signs out', () => {
    const b = signedIn();
    b.startPairing();
    Object.assign(b.session(), { state: 'Revoked' });
    b.driver.advance(2000);
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'rejected' });
    b.startPairing();
    b.gateway.sessions.clear();
    b.driver.advance(2000);
    expect(last(b)).toEqual({ kind: 'expired' });
    b.driver.send({ type: 'pairing.cancel', pairingId: b.startPairing() });
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'cancelled' });
    b.startPairing();
    b.driver.send({ type: 'auth.signOut' });
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'not_signed_in' });
  });

  it('is not in force when it cannot be stored', () => {
    const b = signedIn({ persist: ({ record }) => record.kind !== 'workspace' });
    b.startPairing();
    b.completePairing();
    b.driver.advance(5000);
    expect(last(b)).toMatchObject({ kind: 'refused', reason: 'state_unwritable' });
    expect(b.pairing()).toMatchObject({ name: 'Unpaired', standing: { active: null, pin: null } });
  });
});
