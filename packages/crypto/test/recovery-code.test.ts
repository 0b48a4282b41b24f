import { hashRecoveryCode, makeRecoveryCode, verifyRecoveryCode } from '@airlock/crypto';
import { CROCKFORD, PairingCodeError } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';

const random = Uint8Array.from({ length: 15 }, (_, i) => i * 17);
const salt = Uint8Array.from({ length: 16 }, (_, i) => i);

describe('recovery codes', () => {
  const code = makeRecoveryCode(random);

  test('have 120 bits, all of them random', () => {
    expect(code).toMatch(new RegExp(`^(?:[${CROCKFORD}]{4}-){5}[${CROCKFORD}]{4}$`));
    const codes = Array.from({ length: 120 }, (_, bit) =>
      makeRecoveryCode(Uint8Array.from(random, (byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))),
    );
    expect(new Set([code, ...codes]).size).toBe(121);
    expect(() => makeRecoveryCode(new Uint8Array(14))).toThrow(TypeError);
  });

  test('are stored as a salted slow hash that does not contain them', () => {
    const stored = hashRecoveryCode(code, salt);
    expect(stored).toMatch(/^scrypt1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
    expect(stored).not.toContain(code);
    expect(stored).not.toBe(hashRecoveryCode(code, new Uint8Array(16)));
    expect(verifyRecoveryCode(code, stored)).toBe(true);
    expect(verifyRecoveryCode(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')}`, stored)).toBe(true);
    expect(verifyRecoveryCode(makeRecoveryCode(random.map((byte) => byte ^ 1)), stored)).toBe(false);
    expect(verifyRecoveryCode('', stored)).toBe(false);
    expect(() => hashRecoveryCode(code, new Uint8Array(8))).toThrow(TypeError);
    expect(() => verifyRecoveryCode('é', stored)).toThrow(PairingCodeError);
  });

  test.each(['', 'scrypt1$$', 'scrypt$1$1$1$AA$AA', 'plain', `scrypt1$${'A'.repeat(22)}$${'A'.repeat(42)}`])(
    'a stored text %j matches nothing and sets no cost',
    (stored) => {
      expect(verifyRecoveryCode(code, stored)).toBe(false);
    },
  );
});
