import { rules } from '@airlock/conformance';
import {
  checkPairingResponse,
  ed25519PublicKey,
  ed25519Sign,
  pairingResponseSignable,
  type PairingSession,
  publishedPairingKey,
  signPairingResponse,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import { base64UrlEncode, CROCKFORD, formatTime, hexEncode, type Rfc3339 } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const NOW = 1_772_460_095_000;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const secret = fc.string({ unit: fc.constantFrom(...CROCKFORD), minLength: 16, maxLength: 16 });
const parties = fc.record({
  enforcerPrivate: bytes32,
  approverPrivate: bytes32,
  approverSeed: bytes32,
  gatewayPrivate: bytes32,
  gatewaySeed: bytes32,
  secret,
});
type Parties = typeof parties extends fc.Arbitrary<infer T> ? T : never;

const names = {
  pairingNonce: 'pn-5XVrmjkcG2KwcTeYImXABp_g',
  enforcerId: 'enf-1',
  enforcerLabel: 'A',
  workspaceName: 'w',
};

function sessionOf(p: Parties, change: Partial<PairingSession> = {}): PairingSession {
  return {
    ...names,
    x25519PrivateKey: p.enforcerPrivate,
    secrets: [p.secret],
    requireVerifiedPairing: false,
    attended: true,
    ...change,
  };
}

function answer(parts: {
  readonly seed: Uint8Array;
  readonly x25519: Uint8Array;
  readonly peer: Uint8Array;
  readonly secret?: string;
}) {
  const sign = async (message: Uint8Array) => ed25519Sign(parts.seed, message);
  return signPairingResponse(
    { publicKey: ed25519PublicKey(parts.seed), sign },
    {
      ...names,
      enforcerX25519: parts.peer,
      approverX25519: x25519PublicKey(parts.x25519),
      sharedSecret: x25519SharedSecret(parts.x25519, parts.peer),
      secret: parts.secret,
      timestamp: formatTime(NOW),
      capabilities: ['harp-decision/1'],
    },
  );
}

describe(rules('PAIR-170', 'PAIR-180', 'PAIR-190', 'PAIR-210')`a gateway in the middle of a pairing`, () => {
  test('the honest answer is verified and both sides hold the same key', async () => {
    await fc.assert(
      fc.asyncProperty(parties, async (p) => {
        const peer = x25519PublicKey(p.enforcerPrivate);
        const signed = await answer({ seed: p.approverSeed, x25519: p.approverPrivate, peer, secret: p.secret });
        const result = checkPairingResponse(sessionOf(p, { requireVerifiedPairing: true }), signed.responseJson, NOW);
        if (!result.ok) throw new Error(result.reason);
        expect(hexEncode(result.pairingKey)).toBe(hexEncode(signed.pairingKey));
        expect([result.assurance, result.safetyNumber]).toEqual(['verified', signed.safetyNumber]);
      }),
      { numRuns: 15 },
    );
  });

  test('swapping keys without S never ends verified', async () => {
    await fc.assert(
      fc.asyncProperty(parties, secret, async (p, guess) => {
        fc.pre(guess !== p.secret);
        const peer = x25519PublicKey(p.enforcerPrivate);
        const forged = await answer({ seed: p.gatewaySeed, x25519: p.gatewayPrivate, peer, secret: guess });
        expect(checkPairingResponse(sessionOf(p), forged.responseJson, NOW)).toEqual({ ok: false, reason: 'confirm' });
        const relayed = await answer({
          seed: p.approverSeed,
          x25519: p.approverPrivate,
          peer: x25519PublicKey(p.gatewayPrivate),
          secret: p.secret,
        });
        const result = checkPairingResponse(sessionOf(p), relayed.responseJson, NOW);
        expect(result).toEqual({ ok: false, reason: 'confirm' });
      }),
      { numRuns: 15 },
    );
  });

  test('falling back to the published scheme shows, and is refused where it is forbidden', async () => {
    await fc.assert(
      fc.asyncProperty(parties, async (p) => {
        const peer = x25519PublicKey(p.enforcerPrivate);
        const forged = await answer({ seed: p.gatewaySeed, x25519: p.gatewayPrivate, peer });
        const shown = checkPairingResponse(sessionOf(p), forged.responseJson, NOW);
        expect(shown).toMatchObject({ ok: true, assurance: 'gateway-trusted', confirmAtTerminal: true });
        for (const change of [{ requireVerifiedPairing: true }, { attended: false }]) {
          expect(checkPairingResponse(sessionOf(p, change), forged.responseJson, NOW)).toEqual({
            ok: false,
            reason: 'unverified',
          });
        }
        const shared = x25519SharedSecret(p.gatewayPrivate, peer);
        expect(hexEncode(forged.pairingKey)).toBe(hexEncode(publishedPairingKey(shared)));
      }),
      { numRuns: 10 },
    );
  });

  test('the four-member signature is no signature', async () => {
    await fc.assert(
      fc.asyncProperty(parties, async (p) => {
        const peer = x25519PublicKey(p.enforcerPrivate);
        const genuine = await answer({ seed: p.approverSeed, x25519: p.approverPrivate, peer, secret: p.secret });
        const r = genuine.response;
        const four = new TextEncoder().encode([r.signerKeyId, r.publicKey, r.pairingNonce, r.timestamp].join('|'));
        const downgraded = { ...r, signature: base64UrlEncode(ed25519Sign(p.approverSeed, four)) };
        expect(checkPairingResponse(sessionOf(p), JSON.stringify(downgraded), NOW)).toEqual({
          ok: false,
          reason: 'signature',
        });
      }),
      { numRuns: 10 },
    );
  });

  test('no flipped bit of the answer is accepted as verified with another content', async () => {
    const p: Parties = {
      enforcerPrivate: new Uint8Array(32).fill(1),
      approverPrivate: new Uint8Array(32).fill(2),
      approverSeed: new Uint8Array(32).fill(3),
      gatewayPrivate: new Uint8Array(32).fill(4),
      gatewaySeed: new Uint8Array(32).fill(5),
      secret: '7W4A6ABMB9PPFC9G',
    };
    const peer = x25519PublicKey(p.enforcerPrivate);
    const { responseJson } = await answer({ seed: p.approverSeed, x25519: p.approverPrivate, peer, secret: p.secret });
    const genuine = Buffer.from(responseJson);
    let accepted = 0;
    for (let bit = 0; bit < genuine.length * 8; bit += 3) {
      const other = Buffer.from(genuine);
      other[bit >> 3]! ^= 1 << (bit & 7);
      if (checkPairingResponse(sessionOf(p), other.toString('utf8'), NOW).ok) accepted += 1;
    }
    expect(accepted).toBe(0);
  });

  test('a stale or early answer is refused at the edge of five minutes', async () => {
    const base: Parties = fc.sample(parties, { numRuns: 1, seed: 7 })[0]!;
    const peer = x25519PublicKey(base.enforcerPrivate);
    const { responseJson } = await answer({
      seed: base.approverSeed,
      x25519: base.approverPrivate,
      peer,
      secret: base.secret,
    });
    for (const [shift, ok] of [
      [300_000, true],
      [300_001, false],
      [-300_000, true],
      [-300_001, false],
    ] as const) {
      expect(checkPairingResponse(sessionOf(base), responseJson, NOW + shift).ok).toBe(ok);
    }
  });

  test('members containing the separator are refused before the signature is looked at', async () => {
    const seed = new Uint8Array(32).fill(9);
    const forged = {
      signerKeyId: 'a|b',
      publicKey: base64UrlEncode(ed25519PublicKey(seed)),
      pairingNonce: names.pairingNonce,
      timestamp: formatTime(NOW) as Rfc3339,
      x25519PublicKey: base64UrlEncode(x25519PublicKey(seed)),
    };
    const signature = base64UrlEncode(ed25519Sign(seed, pairingResponseSignable(forged)));
    const session = sessionOf(fc.sample(parties, { numRuns: 1, seed: 8 })[0]!);
    expect(checkPairingResponse(session, JSON.stringify({ ...forged, signature }), NOW)).toEqual({
      ok: false,
      reason: 'malformed',
    });
    const doubled = `{"signature":"${signature}",${JSON.stringify({ ...forged, signature }).slice(1)}`;
    expect(checkPairingResponse(session, doubled, NOW)).toEqual({ ok: false, reason: 'malformed' });
  });
});
