import { rules } from '@airlock/conformance';
import { checkPairingResponse, nobleVerifier, verifyEnrollmentSignature } from '@airlock/crypto';
import { type ApproverId, hexDecode, type PairingId, pairingResolutionSchema, readShownCode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import {
  completePairing,
  EMPTY_MEMORY,
  forgetExpired,
  type PairingAgreement,
  readMemory,
  recordPairing,
  registration,
  rememberPreGenerated,
  revokePairing,
  takeSecret,
} from '../src/index.js';
import { endpoint, KEYS, memoryOf, NOW, PAIRING } from './device.js';

const { session } = PAIRING;
const RESOLUTION = pairingResolutionSchema.parse(endpoint('get-v1-pairing-resolve-code').response.body);
const AT = Date.parse('2026-03-02T14:01:30.000Z');
const VECTOR = PAIRING.valid.find(({ id }: any) => id === 'five-members');
const ID = 'pair-1' as PairingId;

const agreement = (change: Partial<PairingAgreement> = {}): PairingAgreement => ({
  resolution: RESOLUTION,
  approverId: 'app-b61fd519ca3db78c' as ApproverId,
  secret: session.secret,
  capabilities: ['harp-decision/1', 'signed-dnd/1'],
  deviceId: 'dev-phone-1',
  at: AT,
  ...change,
});

const enforcerSide = (responseJson: string, change = {}) =>
  checkPairingResponse(
    {
      pairingNonce: session.pairingNonce,
      enforcerId: session.enforcerId,
      enforcerLabel: session.enforcerLabel,
      workspaceName: session.workspaceName,
      x25519PrivateKey: hexDecode(session.enforcerX25519.privateRawHex),
      secrets: [session.secret],
      requireVerifiedPairing: false,
      attended: true,
      ...change,
    },
    responseJson,
    Date.parse(session.now),
  );

describe(rules('PAIR-130', 'PAIR-160', 'PAIR-170', 'PAIR-180', 'PAIR-230')`completing a pairing`, () => {
  it('answers byte for byte as the vectors', async () => {
    const answer = await completePairing(agreement(), KEYS);
    expect(JSON.parse(answer.request.responseJson)).toEqual(VECTOR.response);
    const { body } = endpoint('post-v1-pairing-complete').request;
    expect({ ...answer.request, responseJson: JSON.parse(answer.request.responseJson) }).toEqual({
      ...body,
      responseJson: JSON.parse(body.responseJson),
    });
    expect(answer).toMatchObject({ assurance: 'verified', record: { proven: false, assurance: 'verified' } });
  });

  it('leaves both sides with the same key and safety number', async () => {
    const answer = await completePairing(agreement(), KEYS);
    const accepted: any = enforcerSide(answer.request.responseJson);
    expect(accepted).toMatchObject({ ok: true, assurance: 'verified', safetyNumber: answer.safetyNumber });
    expect(Buffer.from(accepted.pairingKey).toString('base64url')).toBe(answer.record.pairingKey);
    expect(accepted.signerKeyId).toBe(answer.record.signerKeyId);
  });

  it('without the secret is gateway-trusted, and refused where that is forbidden', async () => {
    const { secret: _, ...without } = agreement();
    const answer = await completePairing(without, KEYS);
    expect(answer).toMatchObject({ assurance: 'gateway-trusted', record: { proven: true } });
    expect(answer.record.signerKeyId).toMatch(/^key-/);
    expect(enforcerSide(answer.request.responseJson)).toMatchObject({ ok: true, confirmAtTerminal: true });
    expect(enforcerSide(answer.request.responseJson, { requireVerifiedPairing: true })).toMatchObject({
      reason: 'unverified',
    });
  });

  it('with a wrong secret, or through a gateway that swapped the key or a label, is refused by the enforcer', async () => {
    const swapped = pairingResolutionSchema.parse({
      ...RESOLUTION,
      x25519PublicKey: PAIRING.approver.x25519.publicKey,
      publicKey: PAIRING.approver.x25519.publicKey,
    });
    const relabelled = pairingResolutionSchema.parse({ ...RESOLUTION, workspaceName: 'production' });
    for (const change of [{ secret: 'A'.repeat(16) }, { resolution: swapped }, { resolution: relabelled }]) {
      const answer = await completePairing(agreement(change), KEYS);
      expect(enforcerSide(answer.request.responseJson)).toEqual({ ok: false, reason: 'confirm' });
    }
  });

  it('never tells the gateway the secret', async () => {
    const { request } = await completePairing(agreement(), KEYS);
    expect(JSON.stringify(request)).not.toContain(session.secret);
    expect(readShownCode(session.shown)).toEqual({ code: session.pairingCode, secret: session.secret });
  });

  it.each([
    ['expired', { at: Date.parse(RESOLUTION.expiresAt) }, 'pairing_not_open'],
    ['completed', { resolution: { ...RESOLUTION, state: 'Completed' as const } }, 'pairing_not_open'],
    ['revoked', { resolution: { ...RESOLUTION, state: 'Revoked' as const } }, 'pairing_not_open'],
    [
      'without a key',
      { resolution: { ...RESOLUTION, x25519PublicKey: undefined, publicKey: undefined } },
      'pairing_key_missing',
    ],
    ['with a malformed key', { resolution: { ...RESOLUTION, x25519PublicKey: 'AAAA' } }, 'key_refused'],
  ])('signs nothing for a session that is %s', async (_, change, code) => {
    await expect(completePairing(agreement(change as any), KEYS)).rejects.toMatchObject({ code });
  });

  it(rules('CRYP-060')`signs nothing for a key of low order`, async () => {
    const resolution = { ...RESOLUTION, x25519PublicKey: Buffer.alloc(32).toString('base64url') };
    await expect(completePairing(agreement({ resolution }), KEYS)).rejects.toMatchObject({ code: 'key_refused' });
  });
});

describe(rules('APPR-130')`keys of pairings`, () => {
  it('are erased when the pairing is replaced or revoked, others stay', async () => {
    const answer = await completePairing(agreement(), KEYS);
    const older = memoryOf({ pairingId: 'pair-0', deviceId: answer.record.deviceId });
    const elsewhere = memoryOf({ pairingId: 'pair-9', deviceId: 'dev-other' });
    const before = { ...EMPTY_MEMORY, pairings: [...older.pairings, ...elsewhere.pairings] };
    const memory = recordPairing(before, answer, ID);
    expect(memory.pairings.map(({ pairingId, pairingKey }) => [pairingId, pairingKey !== null])).toEqual([
      ['pair-0', false],
      ['pair-9', true],
      ['pair-1', true],
    ]);
    expect(revokePairing(memory, 'pair-1').pairings.at(-1)?.pairingKey).toBeNull();
    expect(recordPairing(memory, answer, ID).pairings).toHaveLength(3);
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
  });
});

describe(rules('PAIR-140')`a pre-generated code`, () => {
  const pending = { pairingNonce: session.pairingNonce, secret: session.secret, expiresAt: NOW + 1000 };
  const memory = rememberPreGenerated(EMPTY_MEMORY, pending);

  it('gives its secret once', () => {
    const first = takeSecret(memory, pending.pairingNonce, NOW);
    expect(first.secret).toBe(session.secret);
    expect(takeSecret(first.memory, pending.pairingNonce, NOW).secret).toBeUndefined();
  });

  it('gives none for another session or after its time', () => {
    expect(takeSecret(memory, 'pn-other', NOW).secret).toBeUndefined();
    expect(takeSecret(memory, pending.pairingNonce, NOW + 1000).secret).toBeUndefined();
    expect(forgetExpired(memory, NOW + 1000)).toEqual(EMPTY_MEMORY);
  });

  it('is used up by the pairing it led to', async () => {
    const answer = await completePairing(agreement(), KEYS);
    expect(recordPairing(memory, answer, ID).pendingSecrets).toEqual([]);
  });
});

describe(rules('APPR-010')`registration`, () => {
  const at = Date.parse('2026-03-02T13:59:00.000Z');
  it.each([
    ['post-v1-approvers', { enrollmentCode: 'enr-bfcdba2e97becbf77733d0256f464328', approverLabel: 'Phone', at }],
    ['post-v1-approvers-token', { approverLabel: 'Terminal', at }],
  ])('is signed as in the vectors: %s', async (id, parts) => {
    const body = await registration(parts, KEYS.signer);
    expect(body).toEqual(endpoint(id).request.body);
    const context = { verifier: nobleVerifier, publicKey: KEYS.signer.publicKey };
    expect(verifyEnrollmentSignature(context, body)).toBe(true);
  });
});

describe('stored memory', () => {
  it.each([
    ['nothing', undefined],
    ['another version', { ...EMPTY_MEMORY, version: 3 }],
    ['an unknown member', { ...EMPTY_MEMORY, x: 1 }],
    ['a missing member', { version: 1 }],
    ['the first form with a member of the second', { ...EMPTY_MEMORY, version: 1 }],
    [
      'a pairing key of another length',
      JSON.parse(JSON.stringify(memoryOf()).replace(/"pairingKey":"[^"]+"/, '"pairingKey":"AAAA"')),
    ],
  ])('that is damaged is never taken as empty: %s', (_, value) => {
    expect(() => readMemory(value)).toThrowError(expect.objectContaining({ code: 'memory_unreadable' }));
  });
});
