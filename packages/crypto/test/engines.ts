import { createPublicKey, verify } from 'node:crypto';
import { nobleVerifier, strictVerifier, type Verifier } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';

/** Node's engine behind the same strictness checks, as a Node edge may inject it. */
export const nodeVerifier: Verifier = strictVerifier((signature, message, publicKey) => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64UrlEncode(publicKey) };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
});

/** Every path a signature can be verified by. */
export const engines: readonly (readonly [string, Verifier])[] = [
  ['noble', nobleVerifier],
  ['node:crypto', nodeVerifier],
];
