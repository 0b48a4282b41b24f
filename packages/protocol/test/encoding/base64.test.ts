import { rules } from '@airlock/conformance';
import {
  base64Encode,
  base64UrlDecode,
  base64UrlEncode,
  decodeBase64Any,
  EncodingError,
  hexDecode,
  hexEncode,
  utf8Decode,
  utf8Encode,
} from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const bytesOf = (values: Iterable<number>): Uint8Array => Uint8Array.from(values);

describe(rules('CRYP-010', 'CRYP-040')`base64`, () => {
  test('every permitted spelling decodes to the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const standard = Buffer.from(bytes).toString('base64');
        const url = Buffer.from(bytes).toString('base64url');
        expect(base64Encode(bytes)).toBe(standard);
        expect(base64UrlEncode(bytes)).toBe(url);
        const padded = url + '='.repeat((4 - (url.length % 4)) % 4);
        for (const text of [standard, standard.replaceAll('=', ''), url, padded]) {
          expect(bytesOf(decodeBase64Any(text, bytes.length))).toEqual(bytesOf(bytes));
        }
        expect(bytesOf(base64UrlDecode(url, bytes.length))).toEqual(bytesOf(bytes));
      }),
    );
  });

  test('no two texts of one spelling decode to the same bytes', () => {
    const digit = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    fc.assert(
      fc.property(fc.string({ unit: digit, maxLength: 40 }), (text) => {
        const bytes = decoded(() => base64UrlDecode(text));
        if (bytes !== undefined) expect(base64UrlEncode(bytes)).toBe(text);
      }),
    );
  });

  test.each([
    ['impossible length', 'A'],
    ['impossible length after whole groups', 'AAAAA'],
    ['unused bits', 'AB'],
    ['unused bits, padded', 'AB=='],
    ['unused bits of two', 'AAB'],
    ['one padding character for two', 'AA='],
    ['three padding characters', 'A==='],
    ['padding of a whole group', 'AAAA='],
    ['padding after a whole group', 'AAAA===='],
    ['padding only', '=='],
    ['padding inside', 'AA==AAAA'],
    ['both alphabets', '+-AA'],
    ['both alphabets, the other two', '/_AA'],
    ['space', ' AAA'],
    ['newline at the end', 'AAAA\n'],
    ['newline inside', 'AA\nAA'],
    ['foreign character', 'AA*A'],
    ['full-width letter', 'AAA\uff21'],
    ['beyond ASCII', 'AAA\u0141'],
  ])('refuses %s', (_name, text) => {
    expect(() => decodeBase64Any(text)).toThrow(EncodingError);
    expect(() => base64UrlDecode(text)).toThrow(EncodingError);
  });

  test('strict base64url refuses padding and the standard alphabet', () => {
    expect(() => base64UrlDecode('AA==')).toThrow(EncodingError);
    expect(() => base64UrlDecode('+/+/')).toThrow(EncodingError);
    expect(base64UrlDecode('-_-_')).toEqual(decodeBase64Any('+/+/'));
  });

  test('an expected length is exact', () => {
    expect(() => base64UrlDecode('AAAA', 2)).toThrow(EncodingError);
    expect(() => decodeBase64Any('AAAA', 4)).toThrow(EncodingError);
    expect(base64UrlDecode('', 0)).toEqual(new Uint8Array(0));
  });
});

describe('hex and UTF-8', () => {
  test('hex round trip, lower case only', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(hexEncode(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(bytesOf(hexDecode(hexEncode(bytes)))).toEqual(bytesOf(bytes));
      }),
    );
    for (const text of ['0', 'AB', '0g', '0x00', ' 00', '00 ']) expect(() => hexDecode(text)).toThrow(EncodingError);
  });

  test('UTF-8 is fatal both ways: nothing becomes U+FFFD', () => {
    expect(() => utf8Encode('\ud800')).toThrow(EncodingError);
    expect(() => utf8Decode(Uint8Array.of(0xed, 0xa0, 0x80))).toThrow(EncodingError);
    expect(utf8Decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('\ufeffA');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.isWellFormed());
        expect(utf8Decode(utf8Encode(text))).toBe(text);
      }),
    );
  });
});

function decoded(run: () => Uint8Array): Uint8Array | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
