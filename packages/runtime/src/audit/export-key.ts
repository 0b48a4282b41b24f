import { createHash, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { ed25519PublicKey, ed25519Sign } from '@airlock/crypto';
import { AirlockError, base64UrlDecode, base64UrlEncode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import { openLock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import { nodePorts } from '../ports/ports.js';
import { openKeys } from '../secrets/open-keys.js';

const SECRET = 'export-key';
const SEED_BYTES = 32;
const WAIT = 10_000;

/** The Ed25519 key under which this machine exports what it recorded. It approves nothing. */
export interface ExportKey {
  /** `hex64` SHA-256 of the raw public key. */
  readonly keyId: string;
  /** Raw, `b64u`. */
  readonly publicKey: string;
  /** SubjectPublicKeyInfo. */
  readonly pem: string;
  sign(message: Uint8Array): Uint8Array;
}

/** Reads the key from the secret store; the first time it is made. Throws `secret_store_unavailable`. */
export async function openExportKey(paths: RuntimePaths): Promise<ExportKey> {
  const { secrets } = await openKeys({ paths });
  const lock = openLock(join(paths.state, 'export-key.lock'), WAIT);
  try {
    lock.acquire();
    const stored = await secrets.get(SECRET);
    if (stored !== null) return keyOf(readSeed(stored));
    const seed = nodePorts.random(SEED_BYTES);
    await secrets.set(SECRET, base64UrlEncode(seed));
    return keyOf(seed);
  } finally {
    lock.close();
  }
}

function readSeed(stored: string): Uint8Array {
  try {
    return base64UrlDecode(stored, SEED_BYTES);
  } catch (cause) {
    if (!(cause instanceof AirlockError)) throw cause;
    throw new RuntimeError('secret_store_unavailable', 'the export key is damaged', { cause, fix: 'airlock doctor' });
  }
}

function keyOf(seed: Uint8Array): ExportKey {
  const raw = ed25519PublicKey(seed);
  const publicKey = base64UrlEncode(raw);
  const pem = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return {
    keyId: createHash('sha256').update(raw).digest('hex'),
    publicKey,
    pem: pem.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (message) => ed25519Sign(seed, message),
  };
}
