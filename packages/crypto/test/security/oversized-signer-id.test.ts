import { rules } from '@airlock/conformance';
import {
  checkPairingResponse,
  ed25519PublicKey,
  ed25519Sign,
  pairingResponseSignable,
  x25519PublicKey,
} from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';

const NOW = 1_772_460_095_000;
const SEED = new Uint8Array(32).fill(3);
const ENFORCER = new Uint8Array(32).fill(5);

const session = {
  pairingNonce: 'pn-5XVrmjkcG2KwcTeYImXABp_g',
  enforcerId: 'enf-1',
  x25519PrivateKey: ENFORCER,
  secrets: [],
  requireVerifiedPairing: false,
  attended: true,
};

/** What a gateway answers in the approver's place: its own key, rightly signed, under an id of its choice. */
function forged(signerKeyId: string): string {
  const signed = {
    signerKeyId,
    publicKey: base64UrlEncode(ed25519PublicKey(SEED)),
    pairingNonce: session.pairingNonce,
    timestamp: new Date(NOW).toISOString(),
    x25519PublicKey: base64UrlEncode(x25519PublicKey(new Uint8Array(32).fill(9))),
  };
  return JSON.stringify({ ...signed, signature: base64UrlEncode(ed25519Sign(SEED, pairingResponseSignable(signed))) });
}

describe(rules('PAIR-190')`a gateway that answers with an endless signer key id`, () => {
  test.each([513, 100_000])('%i characters are refused like any malformed answer, not by throwing', (length) => {
    expect(checkPairingResponse(session, forged('k'.repeat(length)), NOW)).toEqual({ ok: false, reason: 'malformed' });
  });

  test('512 characters are an id like any other', () => {
    expect(checkPairingResponse(session, forged('k'.repeat(512)), NOW)).toMatchObject({ ok: true });
  });
});
