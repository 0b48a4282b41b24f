import { rules } from '@airlock/conformance';
import { ed25519PublicKey, ed25519Sign, strictVerifier } from '@airlock/crypto';
import { hexDecode, utf8Encode } from '@airlock/protocol';
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';
import { cases, loadVectors } from '../vectors/load.js';

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const seed = new Uint8Array(32).fill(7);
const publicKey = ed25519PublicKey(seed);
const message = utf8Encode('message');
const signature = ed25519Sign(seed, message);

const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
const bytesOf = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const withS = (s: bigint): Uint8Array => Uint8Array.of(...signature.subarray(0, 32), ...bytesOf(s));

describe(rules('CRYP-070', 'INV-5')`an engine that accepts everything`, () => {
  const asked: string[] = [];
  const lax = strictVerifier(() => asked.push('asked') > 0);

  test('is asked about a well-formed signature only', () => {
    expect(lax.verify(signature, message, publicKey)).toBe(true);
    expect(lax.verify(withS(ORDER - 1n), message, publicKey)).toBe(true);
    expect(asked.splice(0)).toHaveLength(2);
  });

  test.each([ORDER, ORDER + 1n, ORDER + 2n ** 252n, 2n ** 255n, 2n ** 256n - 1n])(
    'S = %s is not below the order',
    (s) => {
      expect(lax.verify(withS(s), message, publicKey)).toBe(false);
      expect(asked).toEqual([]);
    },
  );

  test.each(cases(loadVectors('decision-signature').refuseKeys))('key %s', (_id, c) => {
    expect(lax.verify(signature, message, hexDecode(c.publicRawHex))).toBe(false);
    expect(asked).toEqual([]);
  });

  test.each([0, 31, 33, 63, 65, 128])('lengths of %i bytes', (length) => {
    expect(lax.verify(new Uint8Array(length), message, publicKey)).toBe(false);
    expect(lax.verify(signature, message, new Uint8Array(length).fill(3))).toBe(false);
    expect(asked).toEqual([]);
  });
});

describe(rules('CRYP-070')`a signature whose R has two spellings`, () => {
  /** R is the neutral point; S fits whatever bytes spell it, so only the spelling can refuse. */
  const forgedFor = (spelling: Uint8Array): Uint8Array => {
    const scalar = numberOf(clamped(sha512(seed).subarray(0, 32))) % ORDER;
    const challenge = numberOf(sha512(Uint8Array.of(...spelling, ...publicKey, ...message))) % ORDER;
    return Uint8Array.of(...spelling, ...bytesOf((challenge * scalar) % ORDER));
  };
  const odd = hexDecode(`ee${'ff'.repeat(30)}7f`);

  test('fits the equation: the library verifies it under its laxer default', () => {
    expect(ed.verify(forgedFor(odd), message, publicKey)).toBe(true);
  });

  test.each(engines)('is refused in the odd spelling (%s)', (_name, verifier) => {
    expect(verifier.verify(forgedFor(odd), message, publicKey)).toBe(false);
  });
});

function clamped(bytes: Uint8Array): Uint8Array {
  const scalar = Uint8Array.from(bytes);
  scalar[0]! &= 248;
  scalar[31] = (scalar[31]! & 127) | 64;
  return scalar;
}
