import { rules } from '@airlock/conformance';
import {
  decisionPipeText,
  ed25519PublicKey,
  ed25519Sign,
  harpDecisionSignable,
  verifyHarpSignature,
  verifyPipeSignature,
} from '@airlock/crypto';
import {
  base64UrlDecode,
  base64UrlEncode,
  canonicalize,
  EncodingError,
  hexEncode,
  utf8Encode,
} from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const word = fc.constantFrom('approve', 'reject');
const nonce = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(base64UrlEncode);
const fields = fc.record({ artifactHash: bytes32.map(hexEncode), decision: word, nonce });
const signed = fc.record({ seed: bytes32, fields });

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const index = bit % (bytes.length * 8);
  return Uint8Array.from(bytes, (byte, i) => (i === index >> 3 ? byte ^ (1 << (index & 7)) : byte));
};
const flippedText = (text: string, bit: number): string => new TextDecoder().decode(flipped(utf8Encode(text), bit));

for (const [name, verifier] of engines) {
  describe(rules('INV-3', 'INV-4', 'CRYP-170')(`the pipe signature (${name})`), () => {
    test('covers exactly the three members and verifies', () => {
      fc.assert(
        fc.property(signed, ({ seed, fields: body }) => {
          const text = `${body.artifactHash}|${body.decision}|${body.nonce}`;
          expect(decisionPipeText(body)).toBe(text);
          const signature = base64UrlEncode(ed25519Sign(seed, utf8Encode(text)));
          expect(verifyPipeSignature({ verifier, publicKey: ed25519PublicKey(seed) }, { ...body, signature })).toBe(
            true,
          );
        }),
        { numRuns: 25 },
      );
    });

    test('no flipped bit of hash, decision, nonce, signature or key verifies', () => {
      fc.assert(
        fc.property(
          signed,
          fc.nat(),
          fc.constantFrom('artifactHash', 'decision', 'nonce', 'signature', 'key'),
          (s, bit, what) => {
            const signature = ed25519Sign(s.seed, utf8Encode(decisionPipeText(s.fields)));
            const key = ed25519PublicKey(s.seed);
            const body: any = {
              ...s.fields,
              signature: base64UrlEncode(what === 'signature' ? flipped(signature, bit) : signature),
            };
            if (what in s.fields) body[what] = flippedText(body[what], bit);
            const publicKey = what === 'key' ? flipped(key, bit) : key;
            expect(verifyPipeSignature({ verifier, publicKey }, body)).toBe(false);
          },
        ),
        { numRuns: 200 },
      );
    });

    test('approve and reject never stand for each other, nor one nonce or hash for another', () => {
      fc.assert(
        fc.property(bytes32, fields, fields, (seed, mine, other) => {
          fc.pre(decisionPipeText(mine) !== decisionPipeText(other));
          const signature = base64UrlEncode(ed25519Sign(seed, utf8Encode(decisionPipeText(mine))));
          const context = { verifier, publicKey: ed25519PublicKey(seed) };
          expect(verifyPipeSignature(context, { ...other, signature })).toBe(false);
          const swapped = mine.decision === 'approve' ? 'reject' : 'approve';
          expect(verifyPipeSignature(context, { ...mine, decision: swapped, signature })).toBe(false);
        }),
        { numRuns: 50 },
      );
    });
  });

  describe(rules('INV-4', 'CRYP-190')(`the harpDecision signature (${name})`), () => {
    test('no flipped bit of any member verifies', () => {
      fc.assert(
        fc.property(signed, fc.nat(), fc.nat(), ({ seed, fields: body }, bit, at) => {
          const decision: any = {
            ...body,
            requestId: 'req-1',
            artifactHashAlg: 'SHA-256',
            repoRef: '-',
            scope: 'once',
            expiresAt: '2026-03-02T14:05:30.000Z',
            signerKeyId: 'key-1',
            sigAlg: 'Ed25519',
          };
          decision.signature = base64UrlEncode(ed25519Sign(seed, utf8Encode(canonicalize(decision))));
          const context = { verifier, publicKey: ed25519PublicKey(seed) };
          expect(verifyHarpSignature(context, decision)).toBe(true);
          const members = Object.keys(decision);
          const member = members[at % members.length]!;
          const value =
            member === 'signature'
              ? base64UrlEncode(flipped(base64UrlDecode(decision.signature), bit))
              : flippedText(decision[member], bit);
          expect(verifyHarpSignature(context, { ...decision, [member]: value })).toBe(false);
          const { [member]: _gone, ...fewer } = decision;
          expect(verifyHarpSignature(context, fewer)).toBe(false);
          if (!Object.hasOwn(decision, 'extra'))
            expect(verifyHarpSignature(context, { ...decision, extra: 'x' })).toBe(false);
        }),
        { numRuns: 100 },
      );
    });
  });

  describe(rules('INV-5', 'CRYP-070', 'CRYP-010')(`lengths of keys and signatures (${name})`), () => {
    test('only 64-byte signatures under 32-byte keys', () => {
      fc.assert(
        fc.property(signed, fc.integer({ min: 0, max: 130 }), (s, length) => {
          const message = utf8Encode(decisionPipeText(s.fields));
          const signature = ed25519Sign(s.seed, message);
          const publicKey = ed25519PublicKey(s.seed);
          const resized = (bytes: Uint8Array): Uint8Array => {
            const other = new Uint8Array(length);
            other.set(bytes.subarray(0, length));
            return other;
          };
          expect(verifier.verify(resized(signature), message, publicKey)).toBe(length === 64);
          expect(verifier.verify(signature, message, resized(publicKey))).toBe(length === 32);
          const text = base64UrlEncode(resized(signature));
          expect(verifyPipeSignature({ verifier, publicKey }, { ...s.fields, signature: text })).toBe(length === 64);
        }),
        { numRuns: 100 },
      );
    });
  });
}

describe(rules('INV-3')`delimiter games`, () => {
  test('a separator in a member is refused, wherever it moves the borders', () => {
    fc.assert(
      fc.property(fields, fc.constantFrom('artifactHash', 'decision', 'nonce'), fc.nat(200), (body, member, at) => {
        const value = (body as any)[member] as string;
        const index = at % (value.length + 1);
        const split = { ...body, [member]: `${value.slice(0, index)}|${value.slice(index)}` };
        expect(() => decisionPipeText(split)).toThrow(EncodingError);
      }),
    );
  });

  test('two different decisions never sign the same text', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '|', 'approve', 'reject', '1'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        const textOf = ([artifactHash, decision, one]: readonly [string, string, string]): string | undefined => {
          try {
            return decisionPipeText({ artifactHash, decision, nonce: one });
          } catch {
            return undefined;
          }
        };
        const text = textOf(a);
        if (text !== undefined && text === textOf(b)) expect(a).toEqual(b);
      }),
    );
  });

  test('a verifier is never asked about a text that was not formed from matching members', () => {
    const asked: string[] = [];
    const verifier = {
      verify: (_s: Uint8Array, message: Uint8Array) => asked.push(Buffer.from(message).toString()) > 0,
    };
    const body = { artifactHash: 'a', decision: 'approve', nonce: 'n', signature: 'A'.repeat(86) };
    for (const bad of [
      { decision: 'Approve' },
      { nonce: 'a|b' },
      { nonce: '' },
      { artifactHash: '' },
      { signature: '' },
    ]) {
      expect(verifyPipeSignature({ verifier, publicKey: new Uint8Array(32) }, { ...body, ...bad })).toBe(false);
    }
    expect(asked).toEqual([]);
    expect(verifyPipeSignature({ verifier, publicKey: new Uint8Array(32) }, body)).toBe(true);
    expect(asked).toEqual(['a|approve|n']);
  });
});

test('the signed bytes leave out the signature and nothing else', () => {
  const decision = { b: 'x', a: { signature: 'inner' }, signature: 'outer' };
  expect(Buffer.from(harpDecisionSignable(decision)).toString()).toBe('{"a":{"signature":"inner"},"b":"x"}');
});
