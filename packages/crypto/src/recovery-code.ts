import { base64UrlDecode, base64UrlEncode, crockfordDigits, normaliseCrockford, utf8Encode } from '@airlock/protocol';
import { scrypt } from '@noble/hashes/scrypt.js';
import { timingSafeEqual } from './timing-safe.js';

/** 24 digits of 5 bits: 120 random bits, above the 100 of PAIR-265. */
const DIGITS = 24;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const COST = { N: 2 ** 15, r: 8, p: 1, dkLen: HASH_BYTES } as const;
const STORED = /^scrypt1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/**
 * A recovery code to print once: six groups of four Crockford digits (PAIR-265).
 * @param random at least 15 bytes from a CSPRNG
 */
export function makeRecoveryCode(random: Uint8Array): string {
  return (crockfordDigits(random, DIGITS).match(/.{4}/g) ?? []).join('-');
}

/**
 * Salted slow hash of a recovery code, the only form that is stored (PAIR-265).
 * @param code as printed or typed
 * @param salt 16 bytes from a CSPRNG
 * @returns `scrypt1$salt$hash`
 * @throws PairingCodeError when the code has a foreign character
 */
export function hashRecoveryCode(code: string, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) throw new TypeError('The salt must have 16 bytes');
  return `scrypt1$${base64UrlEncode(salt)}$${base64UrlEncode(slowHash(code, salt))}`;
}

/**
 * Tells whether a typed code is the stored one. The cost is fixed, so that a changed file cannot weaken it.
 * @throws PairingCodeError when the code has a foreign character
 */
export function verifyRecoveryCode(code: string, stored: string): boolean {
  const [, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return false;
  return timingSafeEqual(slowHash(code, base64UrlDecode(salt, SALT_BYTES)), base64UrlDecode(hash, HASH_BYTES));
}

function slowHash(code: string, salt: Uint8Array): Uint8Array {
  return scrypt(utf8Encode(normaliseCrockford(code)), salt, COST);
}
