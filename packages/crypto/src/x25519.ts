import { utf8Encode } from '@airlock/protocol';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { KeyError } from './errors.js';
import { timingSafeEqual } from './timing-safe.js';

const KEY_BYTES = 32;
const PUBLISHED_INFO = utf8Encode('HARP-E2E-AES256GCM');
const ZERO = new Uint8Array(KEY_BYTES);

/** Public key, 32 raw bytes, of a 32-byte private key. */
export function x25519PublicKey(privateKey: Uint8Array): Uint8Array {
  return x25519.getPublicKey(privateKey);
}

/**
 * Shared secret of two X25519 keys: 32 bytes.
 * @throws KeyError for a peer key of low order and for an all-zero result (CRYP-060)
 */
export function x25519SharedSecret(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array {
  if (peerPublicKey.length !== KEY_BYTES) throw new KeyError('An X25519 key has 32 bytes');
  const shared = agreed(privateKey, peerPublicKey);
  if (timingSafeEqual(shared, ZERO)) throw new KeyError('An X25519 key of low order');
  return shared;
}

function agreed(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(privateKey, peerPublicKey);
  } catch (cause) {
    throw new KeyError('An X25519 key of low order', { cause });
  }
}

/** Pairing key, 32 bytes, of a pairing without a verified secret, as published clients derive it (CRYP-050). */
export function publishedPairingKey(sharedSecret: Uint8Array): Uint8Array {
  return hkdf(sha256, sharedSecret, new Uint8Array(0), PUBLISHED_INFO, KEY_BYTES);
}
