import { PairingCodeError } from '../errors/local-errors.js';

/** Digits of Crockford base-32 (ID-050). */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Normalises what a human typed (ID-060): spaces and `-` go, ASCII letters become upper case, `I` and `L` become `1`,
 * `O` becomes `0`.
 * @throws PairingCodeError for any other character, before it could fold into an allowed one
 */
export function normaliseCrockford(text: string): string {
  if (!/^[0-9A-Za-z -]*$/.test(text)) throw new PairingCodeError('The code has a character that no code has');
  const folded = text.replace(/[ -]/g, '').toUpperCase().replace(/[IL]/g, '1').replaceAll('O', '0');
  if (folded.includes('U')) throw new PairingCodeError('The code has the letter U, which no code has');
  return folded;
}

/**
 * Crockford digits of the leading bits of random bytes.
 * @param random at least `digits * 5 / 8` bytes from a CSPRNG
 */
export function crockfordDigits(random: Uint8Array, digits: number): string {
  if (random.length * 8 < digits * 5) throw new TypeError(`${digits} digits need ${Math.ceil((digits * 5) / 8)} bytes`);
  let text = '';
  for (let i = 0; i < digits; i += 1) {
    const bit = i * 5;
    const pair = ((random[bit >> 3] ?? 0) << 8) | (random[(bit >> 3) + 1] ?? 0);
    text += CROCKFORD.charAt((pair >> (11 - (bit & 7))) & 31);
  }
  return text;
}
