import { rules } from '@airlock/conformance';
import {
  approverSignerKeyId,
  capabilitiesMac,
  checkPairingResponse,
  derivePairingKeys,
  ed25519Sign,
  honoursPolicyChange,
  type PairingSession,
  pairingResponseSignable,
  pairingTranscript,
  publishedPairingKey,
  sha256Hex,
  signPairingResponse,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import { base64UrlDecode, base64UrlEncode, hexDecode, hexEncode, parseTime, utf8Encode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';
import { cases, loadVectors } from './load.js';

const v = loadVectors('pairing-response');
const s = v.session;
const now = parseTime(s.now);
const approver = v.approver;

function sessionOf(context: any = {}, verifier?: PairingSession['verifier']): PairingSession {
  const secret = 'secret' in context ? context.secret : s.secret;
  return {
    pairingNonce: s.pairingNonce,
    enforcerId: s.enforcerId,
    enforcerLabel: s.enforcerLabel,
    workspaceName: s.workspaceName,
    x25519PrivateKey: hexDecode(s.enforcerX25519.privateRawHex),
    secrets: secret === null ? [] : [secret],
    requireVerifiedPairing: context.requireVerifiedPairing ?? false,
    attended: !(context.unattended ?? false),
    verifier,
  };
}

for (const [name, verifier] of engines) {
  describe(rules('PAIR-130', 'PAIR-160', 'PAIR-170', 'PAIR-190', 'PAIR-210', 'PAIR-230')(`answers of an approver (${name})`), () => {
    test.each(cases(v.valid))('accepts %s', (_id, c) => {
      const result = checkPairingResponse(sessionOf(c.context, verifier), c.responseJson, now);
      if (!result.ok) throw new Error(result.reason);
      const { result: _accept, policyChangeHonoured, pairingKey, ...expected } = c.expect;
      expect(result).toMatchObject(expected);
      expect(base64UrlEncode(result.pairingKey)).toBe(pairingKey);
      expect(honoursPolicyChange(result)).toBe(policyChangeHonoured);
      expect(base64UrlEncode(result.publicKey)).toBe(c.id.includes('mitm') ? c.response.publicKey : approver.publicKey);
    });

    test.each(cases(v.invalid))('refuses %s', (_id, c) => {
      const { reason } = c.expect;
      expect(checkPairingResponse(sessionOf(c.context, verifier), c.responseJson, now)).toEqual({ ok: false, reason });
    });
  });
}

describe(rules('PAIR-160', 'PAIR-170', 'PAIR-180', 'CRYP-050')`derivation step by step`, () => {
  const d = v.derivation;
  const enforcerPrivate = hexDecode(s.enforcerX25519.privateRawHex);
  const approverPrivate = hexDecode(approver.x25519.privateRawHex);
  const transcript = pairingTranscript({
    ...s,
    enforcerX25519: x25519PublicKey(enforcerPrivate),
    approverX25519: x25519PublicKey(approverPrivate),
    approverEd25519: base64UrlDecode(approver.publicKey),
    timestamp: v.valid[0].response.timestamp,
  });

  test('transcript, shared secret and keys', () => {
    expect(transcript).toBe(d.transcript);
    expect(sha256Hex(utf8Encode(transcript))).toBe(d.transcriptSha256);
    const shared = x25519SharedSecret(enforcerPrivate, x25519PublicKey(approverPrivate));
    expect(hexEncode(shared)).toBe(d.sharedSecretHex);
    expect(hexEncode(x25519SharedSecret(approverPrivate, x25519PublicKey(enforcerPrivate)))).toBe(d.sharedSecretHex);
    const keys = derivePairingKeys({ secret: s.secret, sharedSecret: shared, transcript });
    expect(hexEncode(keys.confirmKey)).toBe(d.confirmKeyHex);
    expect(hexEncode(keys.encryptionKey)).toBe(d.encryptionKeyHex);
    expect(base64UrlEncode(publishedPairingKey(shared))).toBe(d.publishedPairingKey);
  });

  test('key id, capabilities and signature', () => {
    const confirmKey = hexDecode(d.confirmKeyHex);
    const publicKey = base64UrlDecode(approver.publicKey);
    expect(approverSignerKeyId(publicKey, confirmKey)).toBe(d.signerKeyId);
    expect(approverSignerKeyId(publicKey)).toBe(approver.plainSignerKeyId);
    expect(capabilitiesMac(confirmKey, ['signed-dnd/1', 'harp-decision/1'])).toBe(d.capabilitiesMac);
    const signable = pairingResponseSignable(v.valid[0].response);
    expect(signable).toEqual(utf8Encode(d.signedText));
    expect(base64UrlEncode(ed25519Sign(hexDecode(approver.privateSeedHex), signable))).toBe(d.signature);
  });
});

describe(rules('PAIR-130', 'PAIR-180', 'CRYP-030')`our approver's answer`, () => {
  const seed = hexDecode(approver.privateSeedHex);
  const approverPrivate = hexDecode(approver.x25519.privateRawHex);
  const signer = {
    publicKey: base64UrlDecode(approver.publicKey),
    sign: async (message: Uint8Array) => ed25519Sign(seed, message),
  };
  const parts = (secret: string | undefined) => ({
    ...s,
    secret,
    enforcerX25519: base64UrlDecode(s.enforcerX25519.publicKey),
    approverX25519: x25519PublicKey(approverPrivate),
    sharedSecret: x25519SharedSecret(approverPrivate, base64UrlDecode(s.enforcerX25519.publicKey)),
    timestamp: v.valid[0].response.timestamp,
    capabilities: ['harp-decision/1', 'signed-dnd/1'],
    deviceId: 'dev-phone-1',
  });

  test('with the secret it is the vector, byte for byte', async () => {
    const answer = await signPairingResponse(signer, parts(s.secret));
    const expected = v.valid.find((c: any) => c.id === 'five-members');
    expect(answer.responseJson).toBe(expected.responseJson);
    expect(answer.assurance).toBe('verified');
    expect(base64UrlEncode(answer.pairingKey)).toBe(expected.expect.pairingKey);
    expect(answer.safetyNumber).toBe(expected.expect.safetyNumber);
  });

  test('without the secret it is gateway-trusted and has no MAC', async () => {
    const answer = await signPairingResponse(signer, parts(undefined));
    const expected = v.valid.find((c: any) => c.id === 'plain-ours');
    expect(answer.responseJson).toBe(expected.responseJson);
    expect(answer.assurance).toBe('gateway-trusted');
    expect(base64UrlEncode(answer.pairingKey)).toBe(expected.expect.pairingKey);
  });

  test('either of two shown secrets is accepted, a third is not', () => {
    const typed = v.valid.find((c: any) => c.id === 'five-members').responseJson;
    const linked = v.valid.find((c: any) => c.id === 'verified-link');
    const both = { ...sessionOf(), secrets: [s.secret, linked.context.secret] };
    expect(checkPairingResponse(both, typed, now)).toMatchObject({ ok: true, assurance: 'verified' });
    expect(checkPairingResponse(both, linked.responseJson, now)).toMatchObject({ ok: true, assurance: 'verified' });
    const neither = { ...both, secrets: ['0000000000000000', '00000000000000000000000000'] };
    expect(checkPairingResponse(neither, typed, now)).toEqual({ ok: false, reason: 'confirm' });
  });
});
