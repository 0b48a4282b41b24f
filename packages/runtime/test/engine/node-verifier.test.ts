import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { decisionPipeText, ed25519PublicKey, ed25519Sign, nobleVerifier } from '@airlock/crypto';
import { base64UrlDecode, decodeBase64Any, utf8Encode } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeVerifier } from '../../src/engine/node-verifier.js';

const file = new URL('../../../testkit/vectors/decision-signature.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8'));

const bytesOf = (text: string) => {
  try {
    return decodeBase64Any(text);
  } catch {
    return new Uint8Array();
  }
};

describe(rules('CRYP-070', 'CRYP-170')`the platform’s Ed25519`, () => {
  const fast = nodeVerifier();

  it('agrees with the reference on every pipe vector', () => {
    const publicKey = base64UrlDecode(vectors.context.signer.publicKey);
    const cases = [...vectors.pipe.valid, ...vectors.pipe.invalid];
    expect(cases.length).toBeGreaterThan(5);
    for (const { envelope } of cases) {
      let message: Uint8Array;
      try {
        message = utf8Encode(decisionPipeText(envelope.body));
      } catch {
        continue;
      }
      const signature = bytesOf(envelope.body.signature);
      expect(fast.verify(signature, message, publicKey)).toBe(nobleVerifier.verify(signature, message, publicKey));
    }
    for (const { envelope } of vectors.pipe.valid) {
      expect(
        fast.verify(bytesOf(envelope.body.signature), utf8Encode(decisionPipeText(envelope.body)), publicKey),
      ).toBe(true);
    }
  });

  it('refuses every key that is no key', () => {
    for (const one of vectors.refuseKeys.filter((key: { publicRawHex?: string }) => key.publicRawHex !== undefined)) {
      const key = Uint8Array.from(Buffer.from(one.publicRawHex ?? '', 'hex'));
      expect(fast.verify(new Uint8Array(64), new Uint8Array(1), key)).toBe(false);
    }
  });

  it('accepts what is signed and refuses every flipped bit of signature, message and key', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, bytes, fc.nat(10_000), (secret, message, at) => {
        const publicKey = ed25519PublicKey(secret);
        const signature = ed25519Sign(secret, message);
        expect(fast.verify(signature, message, publicKey)).toBe(true);
        const parts = [signature, message, publicKey];
        const spoilt = Uint8Array.from(parts[at % 3]!);
        spoilt[at % spoilt.length]! ^= 1 << (at % 8);
        const [s, m, k] = parts.map((part, index) => (index === at % 3 ? spoilt : part));
        expect(fast.verify(s!, m!, k!)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});
