import { decodeBase64Any, EncodingError, hexDecode } from '@airlock/protocol';
import { KeyError } from './errors.js';
import { timingSafeEqual } from './timing-safe.js';

const RAW_BYTES = 32;
const SPKI_BYTES = 44;
const SPKI_PREFIX = {
  X25519: hexDecode('302a300506032b656e032100'),
  Ed25519: hexDecode('302a300506032b6570032100'),
} as const;

/**
 * Decodes a received public key (CRYP-020): standard or url alphabet, padded or not, 32 raw bytes or SPKI with exactly
 * the prefix of its kind. Says nothing about the point: see `assertEd25519PublicKey` and `x25519SharedSecret`.
 * @returns the raw 32 bytes
 * @throws KeyError
 */
export function decodePublicKey(text: string, kind: 'X25519' | 'Ed25519'): Uint8Array {
  const bytes = decoded(text);
  if (bytes.length === RAW_BYTES) return bytes;
  const prefix = SPKI_PREFIX[kind];
  const isSpki = bytes.length === SPKI_BYTES && timingSafeEqual(bytes.subarray(0, prefix.length), prefix);
  if (!isSpki) throw new KeyError(`Not a raw or SPKI ${kind} key`);
  return bytes.slice(prefix.length);
}

function decoded(text: string): Uint8Array {
  try {
    return decodeBase64Any(text);
  } catch (cause) {
    if (cause instanceof EncodingError) throw new KeyError('A public key must be base64', { cause });
    throw cause;
  }
}
