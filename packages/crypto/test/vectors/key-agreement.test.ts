import { rules } from '@airlock/conformance';
import { decodePublicKey, KeyError, publishedPairingKey, x25519PublicKey, x25519SharedSecret } from '@airlock/crypto';
import { base64Encode, base64UrlEncode, decodeBase64Any, hexDecode, hexEncode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from './load.js';

const v = loadVectors('hkdf-x25519');
const privateKey = hexDecode(v.cases[0].enforcer.privateRawHex);

/** A public key text in every permitted spelling (CRYP-020). */
function spellings(text: string): readonly string[] {
  const bytes = decodeBase64Any(text);
  return [base64UrlEncode(bytes), base64Encode(bytes), base64Encode(bytes).replaceAll('=', '')];
}

describe(rules('CRYP-050', 'CRYP-020')`agreement and published pairing key`, () => {
  test.each(cases(v.cases))('%s from both sides', (_id, c) => {
    for (const [own, peer] of [
      [c.enforcer, c.approver],
      [c.approver, c.enforcer],
    ]) {
      expect(base64UrlEncode(x25519PublicKey(hexDecode(own.privateRawHex)))).toBe(own.publicRaw);
      for (const text of [...spellings(peer.publicRaw), ...spellings(peer.publicSpki)]) {
        const shared = x25519SharedSecret(hexDecode(own.privateRawHex), decodePublicKey(text, 'X25519'));
        expect(hexEncode(shared)).toBe(c.sharedSecretHex);
        expect(base64UrlEncode(publishedPairingKey(shared))).toBe(c.pairingKey);
      }
    }
  });
});

describe(rules('CRYP-060')`public keys of low order`, () => {
  test.each(cases(v.refusePublicKeys))('%s is refused in every spelling', (_id, c) => {
    for (const text of [...spellings(c.publicRaw), ...spellings(c.publicSpki)]) {
      expect(() => x25519SharedSecret(privateKey, decodePublicKey(text, 'X25519'))).toThrow(KeyError);
    }
  });

  test('a key of another length is refused', () => {
    expect(() => x25519SharedSecret(privateKey, new Uint8Array(31).fill(9))).toThrow(KeyError);
  });
});

describe(rules('CRYP-010', 'CRYP-020')`encodings of public keys`, () => {
  test.each(cases(v.acceptEncodings.values))('accepts %s', (_id, c) => {
    expect(hexEncode(decodePublicKey(c.value, 'X25519'))).toBe(v.acceptEncodings.publicRawHex);
  });

  test.each(cases(v.refuseEncodings))('refuses %s', (_id, c) => {
    expect(() => decodePublicKey(c.value, 'X25519')).toThrow(KeyError);
  });

  test('a SPKI key is only good for its own algorithm', () => {
    expect(() => decodePublicKey(v.cases[0].enforcer.publicSpki, 'Ed25519')).toThrow(KeyError);
  });
});
