import { rules } from '@airlock/conformance';
import { ed25519Sign, harpDecisionSignable } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';
import { scriptedApprover, seededRng } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, WORKSPACE } from '../support/bench.js';

const SEED = 99;

function signedIn(options = {}) {
  const b = bench(options);
  b.start();
  b.signIn();
  return b;
}

describe(rules('ENF-100', 'INV-22')`a signed expiry at the edge of time`, () => {
  it.each(['9999-12-31T23:59:59.999-23:59', '9999-12-31T23:59:59.999Z'])(
    '%s neither fails the engine nor runs later',
    (expiresAt) => {
      const b = signedIn();
      const approver = scriptedApprover(seededRng(SEED));
      b.startPairing();
      b.completePairing(approver);
      const open = b.request();
      const message = JSON.parse(approver.decide({ ...open, decision: 'approve', at: b.clock.now().at }));
      const { signature: _signature, ...harp } = { ...message.body.harpDecision, expiresAt };
      const seed = seededRng(SEED).bytes(32);
      message.body.harpDecision = {
        ...harp,
        signature: base64UrlEncode(ed25519Sign(seed, harpDecisionSignable(harp))),
      };
      b.driver.send({ type: 'channel.message', workspaceId: WORKSPACE, text: JSON.stringify(message) });
      expect(b.decided(open.requestId)).toMatchObject({ verdict: 'allow', outcome: 'approved' });
      b.driver.advance(86_400_000);
      b.driver.send({ type: 'execution.claim', requestId: open.requestId });
      expect(b.grants(open.requestId)).toBe(0);
    },
  );
});

describe(rules('PAIR-260', 'PAIR-265')`a recovery code that somebody looked over`, () => {
  it('works once, also when it brings in a gateway-trusted approver', () => {
    const b = signedIn({ recoveryCode: () => true });
    b.startPairing();
    b.completePairing();
    const before = b.pairing()?.standing.recovery;
    expect(before).not.toBeNull();
    const pairingId = b.startPairing({ hasRecoveryCode: true });
    b.completePairing(scriptedApprover(seededRng(SEED)), null);
    b.driver.send({ type: 'pairing.confirm', pairingId, accept: true });
    expect(b.pairing()).toMatchObject({ name: 'Paired', standing: { active: { assurance: 'gateway-trusted' } } });
    expect(b.pairing()?.standing.recovery).not.toEqual(before);
    expect(b.driver.of('notify.pairing').at(-1)?.progress).toMatchObject({ kind: 'paired', newRecoveryCode: true });
  });
});
