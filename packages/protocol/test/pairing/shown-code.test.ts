import { rules } from '@airlock/conformance';
import {
  CROCKFORD,
  formatShownCode,
  isPairingCode,
  makePairingSecret,
  normaliseCrockford,
  PairingCodeError,
  pairingLink,
  parseForeignQr,
  parsePairingCode,
  parsePairingLink,
  readShownCode,
} from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from '../vectors.js';

const v = loadVectors('pairing-response');
const links = loadVectors('gateway-messages').messages.filter((m: any) => m.value.link !== undefined);

describe(rules('PAIR-150', 'ID-060')`reading a shown code`, () => {
  test.each(cases(v.reading))('%s', (_id, c) => {
    expect(readShownCode(c.text)).toEqual(c.secret === null ? { code: c.code } : { code: c.code, secret: c.secret });
  });

  test.each(cases(v.refuseReading))('refuses %s', (_id, c) => {
    expect(() => readShownCode(c.text)).toThrow(PairingCodeError);
  });

  test.each(['\u0131', '\u017f', '\u212a', '\uff2b', '\u00a0', '\u2010', '_', '.', '\t'])(
    '%j folds into no allowed character',
    (odd) => {
      expect(() => normaliseCrockford(`K7M2Q${odd}`)).toThrow(PairingCodeError);
    },
  );
});

describe('showing a code', () => {
  const { pairingCode, secret, shown } = v.session;

  test('the text on the terminal', () => {
    expect(formatShownCode(parsePairingCode(pairingCode), secret)).toBe(shown);
  });

  test('what is shown reads back, whatever the secret', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...CROCKFORD), minLength: length, maxLength: length });
    fc.assert(
      fc.property(digits(6), fc.oneof(digits(16), digits(26)), (code, one) => {
        const pairingCodeText = parsePairingCode(code);
        expect(readShownCode(formatShownCode(pairingCodeText, one))).toEqual({ code, secret: one });
        const messy = formatShownCode(pairingCodeText, one).toLowerCase().replaceAll('-', ' - ');
        expect(readShownCode(messy.replaceAll('1', 'l').replaceAll('0', 'o'))).toEqual({ code, secret: one });
      }),
    );
  });

  test('every bit of the random bytes counts: 80 and 130 of them', () => {
    for (const [digits, bytes] of [
      [16, 10],
      [26, 17],
    ] as const) {
      const seen = new Set<string>();
      for (let bit = 0; bit < digits * 5; bit += 1) {
        const random = new Uint8Array(bytes);
        random[bit >> 3] = 0x80 >> (bit & 7);
        const secretText = makePairingSecret(random, digits);
        expect(secretText).toMatch(new RegExp(`^[${CROCKFORD}]{${digits}}$`));
        seen.add(secretText);
      }
      expect(seen.size).toBe(digits * 5);
      expect(() => makePairingSecret(new Uint8Array(bytes - 1), digits)).toThrow(TypeError);
    }
  });

  test('codes of the gateway are exact', () => {
    for (const code of ['K7M2QX', '012345']) expect(isPairingCode(code)).toBe(true);
    for (const code of ['k7m2qx', 'K7M-QX', 'K7M2Q', 'K7M2QXX', 'K7M2QI', 'K7M2QU', 'K7M2Q\n']) {
      expect(isPairingCode(code)).toBe(false);
    }
  });
});

describe('links', () => {
  test.each(cases(links))('%s', (_id, m) => {
    const parts = parsePairingLink(m.value.link);
    expect(pairingLink(parts)).toBe(m.value.link);
    expect(parts.gatewayUrl).toBe('https://gateway.example');
  });

  test('everything is in the fragment', () => {
    const url = new URL(links[0].value.link);
    expect([url.pathname, url.search]).toEqual(['/pair', '']);
  });

  const good = 'https://a.example/pair#v=1&g=https%3A%2F%2Fg.example&c=K7M2QX&s=7W4A6ABMB9PPFC9G';
  test.each([
    ['no link', 'K7M2QX'],
    ['no fragment', 'https://a.example/pair'],
    ['another page', good.replace('/pair', '/other')],
    ['another version', good.replace('v=1', 'v=2')],
    ['no secret', good.replace(/&s=.*/, '')],
    ['a short secret', good.replace('9G', '')],
    ['a code of five', good.replace('K7M2QX', 'K7M2Q')],
    ['a repeated member', `${good}&c=R4T8WZ`],
    ['an unencrypted gateway', good.replace('https%3A', 'http%3A')],
    ['a gateway with a path', good.replace('g.example', 'g.example%2Fx')],
    ['an unencrypted page', good.replace('https://a', 'http://a')],
    ['a broken escape', good.replace('%2F', '%ZZ')],
  ])('refuses %s', (_name, text) => {
    expect(parsePairingLink(good)).toMatchObject({ code: 'K7M2QX', secret: '7W4A6ABMB9PPFC9G' });
    expect(() => parsePairingLink(text)).toThrow(PairingCodeError);
  });

  test('a foreign QR code is read without its key', () => {
    const text = JSON.stringify({
      pairingNonce: 'n',
      x25519PublicKey: 'k',
      encryptionKey: 'chosen by the gateway',
      other: 1,
    });
    expect(parseForeignQr(text)).toEqual({ pairingNonce: 'n', x25519PublicKey: 'k' });
    for (const bad of ['', '[]', '{}', '{"pairingNonce":1,"x25519PublicKey":"k"}', '{"pairingNonce":"n"}']) {
      expect(() => parseForeignQr(bad)).toThrow(PairingCodeError);
    }
  });
});
