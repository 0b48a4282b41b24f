import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Ports } from '../ports.js';
import type { StoreEngine } from '../store/engine.js';

/** The one algorithm that we sign with; what we accept is in the verifier's own list. */
export const SIGNING_ALGORITHM = 'EdDSA';

/** The keys of the identity provider, made once and kept in the store. */
export interface IdentityKeys {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly cookieKeys: readonly string[];
}

const storedKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal(SIGNING_ALGORITHM),
});

async function newSigningKey(ports: Ports): Promise<string> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const kid = `gw-${Buffer.from(ports.randomBytes(8)).toString('hex')}`;
  return JSON.stringify({ ...jwk, kid, use: 'sig', alg: SIGNING_ALGORITHM });
}

async function cryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError('a signing key must be asymmetric');
  return key;
}

/** Reads the keys from the store, making them on the first start. */
export async function loadIdentityKeys(store: StoreEngine, ports: Ports): Promise<IdentityKeys> {
  const stored = await store.run('keepSecret', {
    name: 'signing-key',
    candidate: await newSigningKey(ports),
  });
  const cookieKey = await store.run('keepSecret', {
    name: 'cookie-key',
    candidate: Buffer.from(ports.randomBytes(32)).toString('base64url'),
  });
  const privateJwk = storedKeySchema.parse(JSON.parse(stored));
  const { d: _private, ...publicJwk } = privateJwk;
  return {
    kid: privateJwk.kid,
    privateJwk,
    privateKey: await cryptoKey(privateJwk),
    publicKey: await cryptoKey(publicJwk),
    cookieKeys: [cookieKey],
  };
}
