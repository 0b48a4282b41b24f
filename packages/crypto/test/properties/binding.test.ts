import { rules } from '@airlock/conformance';
import { artifactAad, artifactHash, contentSha256, DecryptionError, open, seal, sha256Hex } from '@airlock/crypto';
import {
  airlockActionSchema,
  base64Encode,
  base64UrlDecode,
  base64UrlEncode,
  canonicalBytes,
  decodeBase64Any,
  parseCanonical,
  PER_REQUEST_MEMBERS,
  utf8Decode,
} from '@airlock/protocol';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from '../vectors/load.js';

const v = loadVectors('decision-signature');
const plaintexts: any[] = [v.plaintext, ...v.plaintexts].map((c: any) => c.value);
const action = fc.constantFrom(...plaintexts);
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(base64UrlEncode);
const hashOf = (value: unknown): string => artifactHash(canonicalBytes(value));

describe(rules('INV-13', 'INV-16', 'CRYP-150')`the hash is over exactly the plaintext`, () => {
  test('SHA-256 of the bytes, as another implementation computes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(artifactHash(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });

  test('every member of every kind counts: another value is another hash', () => {
    const change = (value: any): unknown => {
      if (typeof value === 'string') return `${value} `;
      if (typeof value === 'number') return value + 1;
      return Array.isArray(value) ? [...value, value[0] ?? 'x'] : { ...value, more: 'x' };
    };
    for (const one of plaintexts) {
      for (const member of Object.keys(one)) {
        expect(hashOf({ ...one, [member]: change(one[member]) }), member).not.toBe(hashOf(one));
        const { [member]: _gone, ...rest } = one;
        expect(hashOf(rest), member).not.toBe(hashOf(one));
      }
    }
  });

  test('the required members are there: kind, request, salt, enforcer, workspace and times', () => {
    for (const one of plaintexts) {
      for (const member of ['v', 'kind', 'requestId', 'salt', 'enforcerId', 'workspaceId', 'createdAt', 'expiresAt']) {
        const { [member]: _gone, ...rest } = one;
        expect(airlockActionSchema.safeParse(rest).success, member).toBe(false);
      }
      expect(airlockActionSchema.safeParse({ ...one, salt: one.salt.slice(1) }).success).toBe(false);
    }
  });

  test('no flipped bit keeps the hash', () => {
    fc.assert(
      fc.property(action, fc.nat(), (one, bit) => {
        const bytes = canonicalBytes(one);
        const index = bit % (bytes.length * 8);
        const other = Uint8Array.from(bytes, (byte, i) => (i === index >> 3 ? byte ^ (1 << (index & 7)) : byte));
        expect(artifactHash(other)).not.toBe(artifactHash(bytes));
      }),
    );
  });
});

describe(rules('INV-14')`no two requests share a hash`, () => {
  test('the same action with another salt or request id', () => {
    fc.assert(
      fc.property(action, salt, salt, fc.uuid(), fc.uuid(), (one, salt1, salt2, id1, id2) => {
        fc.pre(salt1 !== salt2 && id1 !== id2);
        const hashes = [
          hashOf({ ...one, salt: salt1, requestId: id1 }),
          hashOf({ ...one, salt: salt2, requestId: id1 }),
          hashOf({ ...one, salt: salt1, requestId: id2 }),
        ];
        expect(new Set(hashes).size).toBe(3);
      }),
    );
  });
});

describe(rules('ART-142')`the same content`, () => {
  test('ignores the five per-request members and nothing else', () => {
    fc.assert(
      fc.property(action, salt, fc.uuid(), fc.nat(), (one, otherSalt, id, at) => {
        const again = { ...one, salt: otherSalt, requestId: id, createdAt: 'x', expiresAt: 'y', contentSha256: 'z' };
        expect(contentSha256(again)).toBe(contentSha256(one));
        const members = Object.keys(one).filter((name) => !PER_REQUEST_MEMBERS.some((skipped) => skipped === name));
        const { [members[at % members.length]!]: _gone, ...rest } = one;
        expect(contentSha256(rest)).not.toBe(contentSha256(one));
      }),
    );
    expect([...PER_REQUEST_MEMBERS].sort()).toEqual(['contentSha256', 'createdAt', 'expiresAt', 'requestId', 'salt']);
  });
});

describe(rules('INV-4', 'CRYP-110', 'ART-150')`a sealed artifact`, () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const sealed = fc.record({ key, nonce: fc.uint8Array({ minLength: 12, maxLength: 12 }), one: action });

  test('opens to the same bytes under the same associated data', () => {
    fc.assert(
      fc.property(sealed, (s) => {
        const plaintext = canonicalBytes(s.one);
        const aad = artifactAad({ ...s.one, artifactHash: artifactHash(plaintext) });
        const ciphertext = seal({ key: s.key, nonce: s.nonce, plaintext, aad });
        expect(utf8Decode(open({ key: s.key, ciphertext, aad }))).toBe(utf8Decode(plaintext));
        expect(Object.keys(ciphertext).sort()).toEqual(['aad', 'alg', 'data', 'nonce', 'tag']);
      }),
      { numRuns: 30 },
    );
  });

  test('no flipped bit of ciphertext, nonce, tag, associated data or key opens', () => {
    fc.assert(
      fc.property(sealed, fc.nat(), fc.constantFrom('data', 'nonce', 'tag', 'aad', 'key'), (s, bit, what) => {
        const plaintext = canonicalBytes(s.one);
        const aad = artifactAad({ ...s.one, artifactHash: artifactHash(plaintext) });
        const ciphertext: any = seal({ key: s.key, nonce: s.nonce, plaintext, aad });
        const flip = (bytes: Uint8Array): Uint8Array => {
          const index = bit % (bytes.length * 8);
          return Uint8Array.from(bytes, (byte, i) => (i === index >> 3 ? byte ^ (1 << (index & 7)) : byte));
        };
        if (what !== 'key') ciphertext[what] = base64Encode(flip(decodeBase64Any(ciphertext[what])));
        const openingKey = what === 'key' ? flip(s.key) : s.key;
        expect(() => open({ key: openingKey, ciphertext })).toThrow(DecryptionError);
      }),
      { numRuns: 100 },
    );
  });

  test('the associated data name the request', () => {
    const parts = { artifactHash: 'h', expiresAt: 'e', requestId: 'r', more: 'ignored' };
    expect(utf8Decode(artifactAad(parts))).toBe('{"artifactHash":"h","expiresAt":"e","requestId":"r"}');
  });
});

describe(rules('ART-150', 'CRYP-150')`artifacts of the examples`, () => {
  const gateway = loadVectors('gateway-messages');
  const publishedKey = loadVectors('pairing-response').derivation.publishedPairingKey;
  const submissions = gateway.endpoints.filter((e: any) => e.route === 'POST /v1/artifacts');

  test.each(cases(submissions))('%s opens, and its hash is that of the opened bytes', (_id, e) => {
    const { body, requestId } = e.request.body;
    const { aad, ...bare } = body.ciphertext;
    const ciphertext = typeof aad === 'string' ? body.ciphertext : bare;
    // The one without associated data is that of a published client.
    const key = base64UrlDecode(typeof aad === 'string' ? gateway.context.pairingKey : publishedKey);
    const expected =
      typeof aad === 'string'
        ? artifactAad({ artifactHash: body.artifactHash, expiresAt: body.expiresAt, requestId })
        : undefined;
    const plaintext = open({ key, ciphertext, aad: expected });
    expect(sha256Hex(plaintext)).toBe(body.artifactHash);
    expect(canonicalBytes(parseCanonical(plaintext))).toEqual(plaintext);
  });
});
