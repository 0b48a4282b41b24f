import { rules } from '@airlock/conformance';
import { artifactHash, decodePublicKey, harpDecisionSignable, sha256Hex, verifyHarpSignature } from '@airlock/crypto';
import { canonicalBytes, canonicalize, parseCanonical, utf8Decode, utf8Encode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';
import { cases, loadVectors } from './load.js';

const v = loadVectors('harp-core');

describe(rules('CRYP-120', 'CRYP-150')`HARP-CORE artifact hash`, () => {
  test('vector 1', () => {
    expect(canonicalize(v.artifact.signable)).toBe(v.artifact.canonical);
    expect(artifactHash(canonicalBytes(v.artifact.signable))).toBe(v.artifact.sha256);
  });

  test.each(cases(v.artifact.mutations))('%s has another hash', (_id, c) => {
    expect(sha256Hex(canonicalBytes(c.signable))).toBe(c.sha256);
    expect(c.sha256).not.toBe(v.artifact.sha256);
  });

  test.each(cases(v.hashes))('%s', (_id, c) => {
    expect(canonicalize(c.signable)).toBe(c.canonical);
    expect(sha256Hex(utf8Encode(c.canonical))).toBe(c.sha256);
  });
});

for (const [name, verifier] of engines) {
  describe(rules('CRYP-180', 'CRYP-190')(`HARP-CORE decision signature (${name})`), () => {
    const verifies = (text: string, key: string, signature: string): boolean => {
      const publicKey = decodePublicKey(key, 'Ed25519');
      return verifyHarpSignature({ verifier, publicKey }, { signature }, utf8Encode(text));
    };

    test.each(cases(v.decision.forms))('%s', (_id, c) => {
      expect(verifies(c.canonical, v.decision.publicKey, v.decision.signature)).toBe(c.verifies);
    });

    test.each(cases(v.decision.mutations))('%s does not verify', (_id, c) => {
      expect(verifies(c.canonical, c.publicKey, c.signature)).toBe(false);
    });

    test.each(cases(v.own))('%s verifies as an object', (_id, c) => {
      const decision = { ...c.signable, signature: c.signature };
      const publicKey = decodePublicKey(c.publicKey, 'Ed25519');
      expect(utf8Decode(harpDecisionSignable(decision))).toBe(c.canonical);
      expect(verifyHarpSignature({ verifier, publicKey }, decision)).toBe(true);
      expect(verifyHarpSignature({ verifier, publicKey }, { ...parseCanonical(c.canonical), signature: c.signature })).toBe(true);
    });
  });
}
