import { EncodingError } from '../errors/local-errors.js';
import type { Base64Url } from '../ids.js';
import { utf8Decode, utf8Encode } from './utf8.js';

const STANDARD_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const STANDARD = utf8Encode(STANDARD_DIGITS);
const URL_SAFE = utf8Encode(URL_DIGITS);
const STANDARD_VALUES = valuesOf(STANDARD);
const URL_VALUES = valuesOf(URL_SAFE);

function valuesOf(alphabet: Uint8Array): Int8Array {
  const values = new Int8Array(128).fill(-1);
  alphabet.forEach((code, value) => {
    values[code] = value;
  });
  return values;
}

/** base64url without padding (`b64u`). */
export function base64UrlEncode(bytes: Uint8Array): Base64Url {
  return encode(bytes, URL_SAFE) as Base64Url;
}

/** Standard base64 with padding (`b64`). */
export function base64Encode(bytes: Uint8Array): string {
  const text = encode(bytes, STANDARD);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/**
 * Bytes of strict `b64u`: url alphabet, no padding, zero unused bits (CRYP-010).
 * @param length exact number of bytes, when it is known
 * @throws EncodingError
 */
export function base64UrlDecode(text: string, length?: number): Uint8Array {
  return expectLength(decode(text, URL_VALUES), length);
}

/**
 * Bytes of base64 in either alphabet, padded or not (CRYP-010, CRYP-040). Both alphabets in one value, wrong padding,
 * whitespace and unused bits that are not zero are refused.
 * @param length exact number of bytes, when it is known
 * @throws EncodingError
 */
export function decodeBase64Any(text: string, length?: number): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (padding > 0 && text.length % 4 !== 0) throw new EncodingError('Wrong base64 padding');
  const digits = padding === 0 ? text : text.slice(0, -padding);
  const isUrl = digits.includes('-') || digits.includes('_');
  return expectLength(decode(digits, isUrl ? URL_VALUES : STANDARD_VALUES), length);
}

function encode(bytes: Uint8Array, alphabet: Uint8Array): string {
  const digits = new Uint8Array(Math.ceil((bytes.length * 8) / 6));
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      digits[at] = alphabet[(buffer >> bits) & 63] ?? 0;
      at += 1;
    }
  }
  if (bits > 0) digits[at] = alphabet[(buffer << (6 - bits)) & 63] ?? 0;
  return utf8Decode(digits);
}

function decode(digits: string, values: Int8Array): Uint8Array {
  if (digits.length % 4 === 1) throw new EncodingError('Impossible base64 length');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const value = values[digits.charCodeAt(i)] ?? -1;
    if (value < 0) throw new EncodingError('Not one base64 alphabet');
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (buffer >> bits) & 255;
      at += 1;
    }
  }
  if ((buffer & ((1 << bits) - 1)) !== 0) throw new EncodingError('Unused base64 bits are not zero');
  return bytes;
}

function expectLength(bytes: Uint8Array, length: number | undefined): Uint8Array {
  if (length !== undefined && bytes.length !== length) throw new EncodingError(`Not ${length} bytes`);
  return bytes;
}
