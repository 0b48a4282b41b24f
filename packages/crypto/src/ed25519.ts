import { hexDecode } from '@airlock/protocol';
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { KeyError } from './errors.js';
import { timingSafeEqual } from './timing-safe.js';

ed.hashes.sha512 = sha512;

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** y-coordinates, little-endian and without the sign bit, of the eight points whose order divides 8. */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(hexDecode);

/** Order of the group, 2^252 + 27742317777372353535851937790883648493, most significant byte first. */
const GROUP_ORDER = hexDecode('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');

/** Port that verifies Ed25519 signatures. Every implementation goes through {@link strictVerifier}. */
export interface Verifier {
  /**
   * @param signature 64 bytes
   * @param message the signed bytes
   * @param publicKey 32 raw bytes
   * @returns false for everything that is not a valid signature under CRYP-070; throws nothing for bad input
   */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** The bare curve equation, as an engine offers it. */
export type RawVerify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/**
 * Puts the checks of CRYP-070 in front of an engine that may be laxer: lengths, canonical key, no small-order key,
 * S below the group order. Engines disagree about these, and each disagreement is a signature that one side accepts.
 */
export function strictVerifier(raw: RawVerify): Verifier {
  return {
    verify: (signature, message, publicKey) =>
      signature.length === SIGNATURE_BYTES &&
      publicKey.length === KEY_BYTES &&
      isCanonicalLargeOrder(publicKey) &&
      isBelowGroupOrder(signature.subarray(KEY_BYTES)) &&
      raw(signature, message, publicKey),
  };
}

/** The reference verifier. The engine's default is ZIP-215, which accepts what CRYP-070 refuses. */
export const nobleVerifier: Verifier = strictVerifier((signature, message, publicKey) =>
  ed.verify(signature, message, publicKey, { zip215: false }),
);

/**
 * Refuses public keys that are of small order, not canonically encoded or not on the curve (CRYP-070).
 * @throws KeyError
 */
export function assertEd25519PublicKey(publicKey: Uint8Array): void {
  if (publicKey.length !== KEY_BYTES) throw new KeyError('An Ed25519 key has 32 bytes');
  if (!isCanonicalLargeOrder(publicKey)) throw new KeyError('An Ed25519 key of small order or odd encoding');
  try {
    ed.Point.fromBytes(publicKey, false);
  } catch (cause) {
    throw new KeyError('An Ed25519 key that is no point of the curve', { cause });
  }
}

/** Public key of a 32-byte seed. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return ed.getPublicKey(seed);
}

/** Signature, 64 bytes, of a message by a 32-byte seed. */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed.sign(message, seed);
}

/** y below the field prime, and not one of the points whose order divides 8 (with either sign bit). */
function isCanonicalLargeOrder(publicKey: Uint8Array): boolean {
  const y = Uint8Array.from(publicKey);
  y[31] = (y[31] ?? 0) & 0x7f;
  const isBelowPrime = (y[0] ?? 0) < 0xed || y[31] !== 0x7f || y.subarray(1, 31).some((byte) => byte !== 0xff);
  return isBelowPrime && !SMALL_ORDER_Y.some((small) => timingSafeEqual(small, y));
}

function isBelowGroupOrder(s: Uint8Array): boolean {
  for (let i = 0; i < KEY_BYTES; i += 1) {
    const difference = (s[KEY_BYTES - 1 - i] ?? 0) - (GROUP_ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
