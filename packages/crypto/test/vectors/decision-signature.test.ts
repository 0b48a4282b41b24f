import { rules } from '@airlock/conformance';
import {
  artifactHash,
  assertEd25519PublicKey,
  contentSha256,
  decisionPipeText,
  decodePublicKey,
  ed25519PublicKey,
  ed25519Sign,
  harpDecisionSignable,
  KeyError,
  sha256Hex,
  verifyHarpSignature,
  verifyPipeSignature,
} from '@airlock/crypto';
import {
  base64Encode,
  base64UrlDecode,
  base64UrlEncode,
  canonicalBytes,
  CanonicalizationError,
  canonicalize,
  decodeBase64Any,
  hexDecode,
  utf8Decode,
  utf8Encode,
} from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';
import { cases, loadVectors } from './load.js';

const v = loadVectors('decision-signature');
const seed = hexDecode(v.context.signer.privateSeedHex);
const publicKey = decodePublicKey(v.context.signer.publicKey, 'Ed25519');
const signedPipe = v.signedText.find((c: any) => c.id === 'pipe-approve');
const signedHarp = v.signedText.find((c: any) => c.id === 'harp-approve');

describe(rules('CRYP-150', 'ART-142', 'ART-150')`hashes of plaintexts`, () => {
  test('the running example', () => {
    expect(canonicalize(v.plaintext.value)).toBe(v.plaintext.canonical);
    expect(artifactHash(utf8Encode(v.plaintext.canonical))).toBe(v.context.artifactHash);
    expect(contentSha256(v.plaintext.value)).toBe(v.plaintext.contentSha256);
    expect(sha256Hex(utf8Encode(v.plaintext.contentCanonical))).toBe(v.plaintext.contentSha256);
    expect(sha256Hex(utf8Encode(v.policyDocument.canonical))).toBe(v.policyDocument.sha256);
  });

  test.each(cases(v.plaintexts))('%s', (_id, c) => {
    expect(canonicalize(c.value)).toBe(c.canonical);
    expect(artifactHash(canonicalBytes(c.value))).toBe(c.sha256);
    expect(contentSha256(c.value)).toBe(c.contentSha256);
  });
});

describe(rules('CRYP-170', 'CRYP-190')`what is signed`, () => {
  const harp = v.harp.valid.find((c: any) => c.id === 'harp-approve').envelope.body;

  test('the texts', () => {
    expect(decisionPipeText(harp)).toBe(signedPipe.text);
    expect(utf8Decode(harpDecisionSignable(harp.harpDecision))).toBe(signedHarp.text);
  });

  test('our signatures are the vectors, byte for byte', () => {
    expect(ed25519PublicKey(seed)).toEqual(publicKey);
    expect(base64UrlEncode(ed25519Sign(seed, utf8Encode(signedPipe.text)))).toBe(signedPipe.signature);
    expect(base64UrlEncode(ed25519Sign(seed, utf8Encode(signedHarp.text)))).toBe(signedHarp.signature);
  });
});

for (const [name, verifier] of engines) {
  const context = { verifier, publicKey };

  describe(rules('CRYP-040', 'CRYP-170', 'CRYP-190')(`genuine decisions (${name})`), () => {
    test.each(cases([...v.pipe.valid, ...v.harp.valid]))('%s', (_id, c) => {
      const { body } = c.envelope;
      if (body.decision === 'approve' || body.signature !== undefined) {
        expect(verifyPipeSignature(context, body)).toBe(isGenuinePipe(body));
      }
      if (body.harpDecision !== undefined) expect(verifyHarpSignature(context, body.harpDecision)).toBe(true);
    });

    test('the pipe signature may come in any base64', () => {
      const body = v.pipe.valid[0].envelope.body;
      const bytes = base64UrlDecode(body.signature);
      for (const signature of [base64Encode(bytes), base64Encode(bytes).replaceAll('=', ''), base64UrlEncode(bytes)]) {
        expect(verifyPipeSignature(context, { ...body, signature })).toBe(true);
      }
    });
  });

  describe(rules('CRYP-070', 'CRYP-170', 'CRYP-190')(`forged decisions (${name})`), () => {
    const pipe = [...v.pipe.invalid, ...v.harp.invalid].filter((c: any) => c.expect.reason === 'pipe_signature');
    test.each(cases(pipe))('pipe: %s', (_id, c) => {
      expect(verifyPipeSignature(context, c.envelope.body)).toBe(false);
    });

    const harp = v.harp.invalid.filter((c: any) => c.expect.reason === 'harp_signature');
    test.each(cases(harp))('harp: %s', (_id, c) => {
      expect(verifyHarpSignature(context, c.envelope.body.harpDecision)).toBe(false);
    });
  });

  describe(rules('CRYP-070')(`keys that sign anything (${name})`), () => {
    test.each(cases(v.refuseKeys))('%s verifies nothing', (_id, c) => {
      const key = hexDecode(c.publicRawHex);
      const signature = new Uint8Array(64);
      signature.set(key);
      expect(verifier.verify(signature, utf8Encode('anything'), key)).toBe(false);
      expect(verifier.verify(new Uint8Array(64).fill(0, 1), utf8Encode('anything'), key)).toBe(false);
    });

    test('S is not reduced: S + L is another spelling of a genuine signature and is refused', () => {
      const signature = base64UrlDecode(signedPipe.signature);
      expect(verifier.verify(signature, utf8Encode(signedPipe.text), publicKey)).toBe(true);
      expect(verifier.verify(plusGroupOrder(signature), utf8Encode(signedPipe.text), publicKey)).toBe(false);
    });
  });
}

describe(rules('CRYP-070', 'CRYP-020')`keys refused at pairing`, () => {
  test.each(cases(v.refuseKeys))('%s', (_id, c) => {
    const raw = decodePublicKey(c.publicKey, 'Ed25519');
    expect(raw).toEqual(hexDecode(c.publicRawHex));
    expect(() => assertEd25519PublicKey(raw)).toThrow(KeyError);
  });

  test('a y without a point, and other lengths', () => {
    const y2 = new Uint8Array(32);
    y2[0] = 2;
    expect(() => assertEd25519PublicKey(y2)).toThrow(KeyError);
    expect(() => assertEd25519PublicKey(new Uint8Array(31).fill(3))).toThrow(KeyError);
    expect(() => assertEd25519PublicKey(publicKey)).not.toThrow();
  });
});

describe(rules('CRYP-130', 'CRYP-160')`signed objects outside the profile`, () => {
  test.each([{ a: 1.5 }, { a: null }, { 'a b': 'x' }, { a: '\ud800' }])('%j has nothing to verify', (object) => {
    expect(() => harpDecisionSignable({ ...object, signature: 'x' })).toThrow(CanonicalizationError);
  });
});

/** Vectors of rejections that are honoured although their own checks fail carry a signature that need not verify. */
function isGenuinePipe(body: any): boolean {
  const text = `${body.artifactHash}|${body.decision}|${body.nonce}`;
  return base64UrlEncode(ed25519Sign(seed, utf8Encode(text))) === base64UrlEncode(decodeBase64Any(body.signature));
}

function plusGroupOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = order;
  for (let i = 0; i < 32; i += 1) s += BigInt(signature[32 + i]!) << BigInt(8 * i);
  const result = Uint8Array.from(signature);
  for (let i = 0; i < 32; i += 1) result[32 + i] = Number((s >> BigInt(8 * i)) & 255n);
  return result;
}
