import { EncodingError } from '../errors/local-errors.js';

const DIGITS = '0123456789abcdef';

/** Lower-case hex digits of bytes. */
export function hexEncode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/**
 * Bytes of lower-case hex digits.
 * @throws EncodingError for an odd length or any other character
 */
export function hexDecode(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new EncodingError('Hex digits come in pairs');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    const high = DIGITS.indexOf(text.charAt(2 * i));
    const low = DIGITS.indexOf(text.charAt(2 * i + 1));
    if (high < 0 || low < 0) throw new EncodingError('Not lower-case hex');
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
