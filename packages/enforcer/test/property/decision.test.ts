import { rules } from '@airlock/conformance';
import { nobleVerifier } from '@airlock/crypto';
import { base64UrlDecode, base64UrlEncode, utf8Encode } from '@airlock/protocol';
import { memoVerifier, scriptedApprover, seededRng, SIMULATED_START } from '@airlock/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecisionContext, verifyDecision } from '../../src/index.js';

const approver = scriptedApprover(seededRng(3));
const HASH = 'a1'.repeat(32);
const context: DecisionContext = {
  requestId: 'req-1',
  artifactHash: HASH,
  repoRef: 'repo:example/widgets',
  state: 'AWAITING_DECISION',
  expiresAt: SIMULATED_START + 600_000,
  expiresMono: 600_000,
  at: SIMULATED_START,
  mono: 0,
  signer: { signerKeyId: approver.signerKeyId(), publicKey: approver.publicKey },
  pairingActive: true,
  requireHarpDecision: true,
  locallyDenied: false,
};
const text = approver.decide({ requestId: 'req-1', artifactHash: HASH, decision: 'approve', at: SIMULATED_START });
const verifier = memoVerifier();
const verify = (candidate: unknown, against = context) =>
  verifyDecision(against, typeof candidate === 'string' ? candidate : JSON.stringify(candidate), verifier);
const parsed = (): any => JSON.parse(text);
const SIGNED = ['artifactHash', 'decision', 'nonce', 'signature', 'signerKeyId', 'harpDecision'] as const;
const HARP = Object.keys(parsed().body.harpDecision);

it('accepts the decision that the properties start from', () => {
  expect(verify(text)).toMatchObject({ ok: true, decision: { decision: 'approve' } });
});

describe(rules('INV-2', 'CRYP-180', 'ENF-070')`the members of a decision`, () => {
  it('are all needed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIGNED), (name) => {
        const envelope = parsed();
        delete envelope.body[name];
        expect(verify(envelope).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...HARP), (name) => {
        const envelope = parsed();
        delete envelope.body.harpDecision[name];
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });

  it('are the only ones, in their only spelling', () => {
    const names = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(...SIGNED, ...HARP).map((name) => name.toUpperCase()),
    );
    fc.assert(
      fc.property(names, fc.jsonValue(), fc.boolean(), (name, value, inner) => {
        const envelope = parsed();
        const target = inner ? envelope.body.harpDecision : envelope.body;
        fc.pre(!(name in target) && !['reason', 'decisionHash', 'policyHints'].includes(name));
        Object.defineProperty(target, name, { value, enumerable: true });
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });

  it('have exactly their types', () => {
    const foreign = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}));
    fc.assert(
      fc.property(fc.constantFrom(...SIGNED, ...HARP), foreign, fc.boolean(), (name, value, inner) => {
        const envelope = parsed();
        const target = inner ? envelope.body.harpDecision : envelope.body;
        fc.pre(name in target);
        target[name] = value;
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });
});

describe(rules('INV-4', 'INV-1')`a flipped bit`, () => {
  const flip = (value: string, at: number, bit: number): string => {
    const index = at % value.length;
    return value.slice(0, index) + String.fromCharCode(value.charCodeAt(index) ^ (1 << bit)) + value.slice(index + 1);
  };

  it.each(['artifactHash', 'decision', 'nonce', 'signature', 'signerKeyId'])('anywhere in %s refuses', (name) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 6 }), (at, bit) => {
        const envelope = parsed();
        envelope.body[name] = flip(envelope.body[name], at, bit);
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });

  it('anywhere in the canonical decision refuses', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HARP), fc.nat(), fc.integer({ min: 0, max: 6 }), (name, at, bit) => {
        const envelope = parsed();
        envelope.body.harpDecision[name] = flip(envelope.body.harpDecision[name], at, bit);
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });

  it('in our key or our hash refuses', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(63), (bit, digit) => {
        const key = base64UrlDecode(approver.publicKey, 32);
        key[bit >> 3] = (key[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const signer = { ...context.signer, publicKey: base64UrlEncode(key) };
        expect(verify(text, { ...context, signer }).ok).toBe(false);
        const artifactHash = flip(HASH, digit, 0);
        expect(verify(text, { ...context, artifactHash }).ok).toBe(false);
      }),
    );
  });
});

describe(rules('INV-3', 'INV-5', 'INV-6', 'ENF-040')`what is verified`, () => {
  it('is exactly hash|decision|nonce under exactly our key', () => {
    const seen: string[] = [];
    verifyDecision(context, text, {
      verify: (signature, message, publicKey) => {
        seen.push(new TextDecoder().decode(message));
        expect(base64UrlEncode(publicKey)).toBe(approver.publicKey);
        expect(signature).toHaveLength(64);
        return nobleVerifier.verify(signature, message, publicKey);
      },
    });
    const { nonce } = parsed().body;
    expect(seen[0]).toBe(`${HASH}|approve|${nonce}`);
    expect(seen).toHaveLength(2);
    expect(utf8Encode(seen[0] ?? '')).toHaveLength(HASH.length + 9 + nonce.length);
  });

  it('never has a signature of another length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 130 }), (bytes) => {
        fc.pre(bytes.length !== 64);
        const envelope = parsed();
        envelope.body.signature = base64UrlEncode(bytes);
        expect(verify(envelope).ok).toBe(false);
      }),
    );
  });

  it.each(['Ed25519ph', 'ed25519', 'EdDSA', 'ES256', 'none', ''])('knows no algorithm %s', (sigAlg) => {
    const envelope = parsed();
    envelope.body.harpDecision.sigAlg = sigAlg;
    expect(verify(envelope)).toMatchObject({ ok: false, step: 13 });
  });

  it('looks the key id up exactly', () => {
    const id = approver.signerKeyId();
    const variants = [
      id.toUpperCase(),
      ` ${id}`,
      `${id} `,
      `key-${id}`,
      id.slice(0, -1),
      '__proto__',
      'constructor',
      '',
    ];
    for (const signerKeyId of variants) {
      const envelope = parsed();
      envelope.body.signerKeyId = signerKeyId;
      expect(verify(envelope)).toMatchObject({ ok: false, code: 'HARP_ERR_SIGNATURE_INVALID' });
    }
  });
});

describe(rules('ENF-020')`any text at all`, () => {
  it('is refused without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (candidate) => {
        expect(verify(candidate).ok).toBe(false);
      }),
    );
  });

  it('is refused above 64 KiB, counted in bytes', () => {
    const padded = (fill: string, count: number) => `${text.slice(0, -1)},"x":"${fill.repeat(count)}"}`;
    const room = 65_536 - padded('', 0).length;
    expect(verify(padded('a', room)).ok).toBe(true);
    expect(verify(padded('a', room + 1))).toMatchObject({ ok: false, step: 1 });
    expect(verify(padded('é', Math.floor(room / 2) + 1))).toMatchObject({ ok: false, step: 1 });
  });

  it('passes a reason on as at most 1,000 characters', () => {
    const reason = '😀'.repeat(1200);
    const long = approver.decide({
      requestId: 'req-1',
      artifactHash: HASH,
      decision: 'reject',
      at: SIMULATED_START,
      reason,
    });
    const result = verify(long);
    expect(result.ok && Array.from(result.decision.reason ?? '')).toHaveLength(1000);
  });

  it('stops at the first failing step whatever else is wrong', () => {
    const wrong: readonly [number, (envelope: any) => void][] = [
      [2, (envelope) => (envelope.requestId = 'req-2')],
      [5, (envelope) => (envelope.body.decision = 'Approve')],
      [6, (envelope) => (envelope.body.nonce = 'short')],
      [7, (envelope) => (envelope.body.artifactHash = 'b'.repeat(64))],
      [8, (envelope) => (envelope.body.signerKeyId = 'key-x')],
      [10, (envelope) => (envelope.body.signature = 'A'.repeat(86))],
      [12, (envelope) => (envelope.body.harpDecision.extra = 'x')],
      [13, (envelope) => (envelope.body.harpDecision.sigAlg = 'x')],
    ];
    fc.assert(
      fc.property(fc.subarray([...wrong.keys()], { minLength: 1 }), (indexes) => {
        const envelope = parsed();
        for (const index of indexes) wrong[index]![1](envelope);
        const first = Math.min(...indexes.map((index) => wrong[index]![0]));
        expect(verify(envelope)).toMatchObject({ ok: false, step: first });
      }),
    );
  });
});
