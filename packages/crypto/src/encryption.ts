import { base64Encode, type DecodedCiphertext, decodeCiphertext, type WireCiphertext } from '@airlock/protocol';
import { gcm } from '@noble/ciphers/aes.js';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { DecryptionError } from './errors.js';
import { timingSafeEqual } from './timing-safe.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What {@link seal} needs. */
export interface SealParts {
  /** Pairing key, 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes from a CSPRNG, never used before with this key. */
  readonly nonce: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Associated data of ART-150, in verified pairings only. */
  readonly aad?: Uint8Array | undefined;
}

/** Encrypts with AES-256-GCM, the only algorithm we emit (CRYP-090, CRYP-100). */
export function seal(parts: SealParts): WireCiphertext {
  if (parts.key.length !== KEY_BYTES) throw new TypeError('The key must have 32 bytes');
  if (parts.nonce.length !== NONCE_BYTES) throw new TypeError('The nonce must have 12 bytes');
  const sealed = gcm(parts.key, parts.nonce, parts.aad).encrypt(parts.plaintext);
  const end = sealed.length - TAG_BYTES;
  return {
    alg: 'AES-256-GCM',
    data: base64Encode(sealed.subarray(0, end)),
    nonce: base64Encode(parts.nonce),
    tag: base64Encode(sealed.subarray(end)),
    ...(parts.aad === undefined ? {} : { aad: base64Encode(parts.aad) }),
  };
}

/** What {@link open} needs. */
export interface OpenParts {
  /** Pairing key, 32 bytes. */
  readonly key: Uint8Array;
  readonly ciphertext: WireCiphertext;
  /** When given, the ciphertext must carry exactly these associated data; otherwise its own are authenticated. */
  readonly aad?: Uint8Array | undefined;
}

/**
 * Decrypts AES-256-GCM or XChaCha20-Poly1305 (CRYP-100). No byte leaves before the tag verified (CRYP-110).
 * @throws DecryptionError for everything that does not open
 */
export function open(parts: OpenParts): Uint8Array {
  try {
    const wire = decodeCiphertext(parts.ciphertext);
    if (parts.key.length !== KEY_BYTES) throw new TypeError('The key must have 32 bytes');
    if (parts.aad !== undefined && !timingSafeEqual(wire.aad ?? new Uint8Array(0), parts.aad)) {
      throw new TypeError('Other associated data than expected');
    }
    return cipherOf(parts.key, wire).decrypt(joined(wire.data, wire.tag));
  } catch (cause) {
    throw new DecryptionError({ cause });
  }
}

function cipherOf(key: Uint8Array, wire: DecodedCiphertext): { decrypt(sealed: Uint8Array): Uint8Array } {
  switch (wire.alg) {
    case 'AES-256-GCM':
      return gcm(key, wire.nonce, wire.aad);
    case 'XChaCha20-Poly1305':
      return xchacha20poly1305(key, wire.nonce, wire.aad);
  }
}

function joined(data: Uint8Array, tag: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(data.length + tag.length);
  sealed.set(data);
  sealed.set(tag, data.length);
  return sealed;
}
