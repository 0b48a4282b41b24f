import { PairingCodeError } from '../errors/local-errors.js';
import { type PairingCode, parsePairingCode } from '../ids.js';
import { crockfordDigits, normaliseCrockford } from './crockford.js';

const CODE_DIGITS = 6;
/** Digits of a secret that is typed: 80 bits (PAIR-140). */
export const TYPED_SECRET_DIGITS = 16;
/** Digits of a secret in a link or QR code: 130 bits (PAIR-140). */
export const LINK_SECRET_DIGITS = 26;

/** What a human typed or scanned. Only `code` may ever reach the gateway (PAIR-150). */
export interface ShownCode {
  readonly code: PairingCode;
  /** Absent when only the gateway's six characters were given: at best a gateway-trusted pairing. */
  readonly secret?: string;
}

/**
 * Makes a pairing secret S (PAIR-140).
 * @param random bytes from a CSPRNG: at least 10 for 16 digits, 17 for 26
 */
export function makePairingSecret(
  random: Uint8Array,
  digits: typeof TYPED_SECRET_DIGITS | typeof LINK_SECRET_DIGITS,
): string {
  return crockfordDigits(random, digits);
}

/** Text that is shown on the controlling terminal: `K7M2QX-7W4A-6ABM-B9PP-FC9G` (PAIR-140). */
export function formatShownCode(code: PairingCode, secret: string): string {
  return [code, ...(secret.match(/.{1,4}/g) ?? [])].join('-');
}

/**
 * Reads a shown code (PAIR-150): 6 characters of the gateway, then nothing or a secret of 16 or 26.
 * @throws PairingCodeError for every other length or character
 */
export function readShownCode(text: string): ShownCode {
  const digits = normaliseCrockford(text);
  const secret = digits.slice(CODE_DIGITS);
  switch (digits.length - CODE_DIGITS) {
    case 0:
      return { code: parsePairingCode(digits) };
    case TYPED_SECRET_DIGITS:
    case LINK_SECRET_DIGITS:
      return { code: parsePairingCode(digits.slice(0, CODE_DIGITS)), secret };
    default:
      throw new PairingCodeError('A pairing code has 6, 22 or 32 characters');
  }
}
