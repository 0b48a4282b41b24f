import { rules } from '@airlock/conformance';
import { open as unseal } from '@airlock/crypto';
import { type AuditReport, auditEnvelope } from '@airlock/enforcer';
import { base64UrlDecode, canonicalize, utf8Decode, utf8Encode } from '@airlock/protocol';
import { commandRequest } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, type Bench, ENFORCER_ID, WORKSPACE } from '../support/bench.js';

function reportOf(b: Bench, over: Partial<AuditReport> = {}): AuditReport {
  const spec = { rng: b.rng, workspaceId: WORKSPACE, enforcerId: ENFORCER_ID, createdAt: b.clock.now().at };
  const { ackMsgId: _, ...open } = commandRequest({ ...spec, requestId: `audit-${b.rng.uuid()}`, lifetimeMs: 60_000 });
  return { ...open, decision: 'approve', policyId: 'dnd-1', ...over };
}

describe(rules('DND-130')`the report of an action that a policy decided`, () => {
  it('is an ordinary submission under the key of the pairing, named as what it is', () => {
    const b = bench();
    b.ready();
    const report = reportOf(b);
    const envelope = auditEnvelope(b.driver.state(), report, b.clock.now());
    const { artifactHash, ciphertext, expiresAt, metadata } = envelope!.body;
    const pairing = b.pairing()!.standing.active!;
    expect(metadata).toEqual({
      routingToken: pairing.routingToken,
      dndAudit: 'true',
      dndDecision: 'approve',
      dndPolicyId: 'dnd-1',
    });
    expect(envelope).toMatchObject({ msgType: 'artifact.submit', requestId: report.requestId });
    expect(artifactHash).toBe(report.artifactHash);
    const aad = utf8Encode(canonicalize({ artifactHash, expiresAt, requestId: report.requestId }));
    const bytes = unseal({ key: base64UrlDecode(pairing.pairingKey), ciphertext, aad });
    expect(utf8Decode(bytes)).toBe(report.plaintext);
  });

  it('leaves no trace in the engine', () => {
    const b = bench();
    b.ready();
    const before = b.driver.state();
    auditEnvelope(before, reportOf(b), b.clock.now());
    expect(b.driver.state()).toBe(before);
  });

  it.each<[string, (b: Bench) => AuditReport | null]>([
    ['without a pairing', (b) => (b.driver.send({ type: 'pairing.unpair', workspaceId: WORKSPACE }), reportOf(b))],
    ['signed out', (b) => (b.driver.send({ type: 'auth.signOut' }), reportOf(b))],
    ['for another workspace', (b) => reportOf(b, { workspaceId: '/elsewhere' })],
    ['with another hash', (b) => reportOf(b, { artifactHash: 'a'.repeat(64) })],
    ['of another content', (b) => reportOf(b, { contentSha256: 'a'.repeat(64) })],
    [
      'that has expired',
      (b) => {
        const report = reportOf(b);
        b.driver.advance(60_001);
        return report;
      },
    ],
  ])('%s there is none', (_, prepare) => {
    const b = bench();
    b.ready();
    const report = prepare(b)!;
    expect(auditEnvelope(b.driver.state(), report, b.clock.now())).toBeNull();
  });
});
