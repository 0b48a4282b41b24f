import { rules } from '@airlock/conformance';
import { DecryptionError, open, seal } from '@airlock/crypto';
import { base64Encode, base64UrlDecode, base64UrlEncode, decodeBase64Any, hexDecode, hexEncode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from './load.js';

const gcm = loadVectors('aes-gcm');
const xchacha = loadVectors('xchacha');

/** The same ciphertext in every permitted spelling (CRYP-040). */
function spellings(wire: any): readonly (readonly [string, any])[] {
  const respell = (encode: (bytes: Uint8Array) => string) =>
    Object.fromEntries(
      Object.entries(wire).map(([name, value]) =>
        name === 'alg' || typeof value !== 'string' ? [name, value] : [name, encode(decodeBase64Any(value))],
      ),
    );
  return [
    ['as given', wire],
    ['standard', respell(base64Encode)],
    ['unpadded', respell((bytes) => base64Encode(bytes).replaceAll('=', ''))],
    ['url', respell(base64UrlEncode)],
    ['lower-case name', { ...wire, alg: wire.alg.toLowerCase() }],
  ];
}

function ciphertextOf(wire: any): any {
  const { aad, ...rest } = wire;
  return aad === null || aad === undefined ? rest : wire;
}

describe(rules('CRYP-090', 'CRYP-040')`sealing`, () => {
  test.each(cases(gcm.seal))('%s comes out exactly', (_id, c) => {
    const sealed = seal({
      key: base64UrlDecode(c.key),
      nonce: decodeBase64Any(c.wire.nonce),
      plaintext: hexDecode(c.plaintextHex),
      aad: c.wire.aad === undefined ? undefined : decodeBase64Any(c.wire.aad),
    });
    expect(sealed).toEqual(c.wire);
  });

  test('a key or nonce of another length is misuse', () => {
    const parts = { key: new Uint8Array(32), nonce: new Uint8Array(12), plaintext: new Uint8Array(1) };
    expect(() => seal({ ...parts, key: new Uint8Array(16) })).toThrow(TypeError);
    expect(() => seal({ ...parts, nonce: new Uint8Array(24) })).toThrow(TypeError);
  });
});

describe(rules('CRYP-100', 'CRYP-040')`opening`, () => {
  const cases = [...gcm.seal, ...gcm.openAccept, ...xchacha.open, ...xchacha.openAccept];
  for (const c of cases) {
    test.each(spellings(ciphertextOf(c.wire)))(`${c.wire.alg} ${c.id}, %s`, (_how, ciphertext: any) => {
      expect(hexEncode(open({ key: base64UrlDecode(c.key), ciphertext }))).toBe(c.plaintextHex);
    });
  }

  test('expected associated data must be there and be equal', () => {
    const c = gcm.seal.find((one: any) => one.id === 'aad');
    const key = base64UrlDecode(c.key);
    const aad = decodeBase64Any(c.wire.aad);
    expect(hexEncode(open({ key, ciphertext: c.wire, aad }))).toBe(c.plaintextHex);
    const other = Uint8Array.from(aad, (byte, index) => (index === 0 ? byte ^ 1 : byte));
    expect(() => open({ key, ciphertext: c.wire, aad: other })).toThrow(DecryptionError);
    const bare = gcm.seal.find((one: any) => one.id === 'short');
    expect(() => open({ key: base64UrlDecode(bare.key), ciphertext: bare.wire, aad })).toThrow(DecryptionError);
  });
});

describe(rules('CRYP-110', 'CRYP-010')`refusing to open`, () => {
  test.each(cases([...gcm.openRefuse, ...xchacha.openRefuse]))('%s', (_id, c) => {
    expect(() => open({ key: base64UrlDecode(c.key), ciphertext: ciphertextOf(c.wire) })).toThrow(DecryptionError);
  });

  test('the error says nothing about the reason', () => {
    const messages = gcm.openRefuse.map((c: any) => {
      try {
        open({ key: base64UrlDecode(c.key), ciphertext: ciphertextOf(c.wire) });
        return 'opened';
      } catch (error) {
        return `${(error as DecryptionError).code}: ${(error as DecryptionError).message}`;
      }
    });
    expect(new Set(messages)).toEqual(new Set(['decryption_failed: The ciphertext does not open under this key']));
  });
});
