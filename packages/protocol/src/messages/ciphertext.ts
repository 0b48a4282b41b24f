import { z } from 'zod';
import { decodeBase64Any } from '../encoding/base64.js';
import { CiphertextError } from '../errors/local-errors.js';
import { message } from './shape.js';

const members = {
  alg: z.string(),
  data: z.string(),
  nonce: z.string(),
  tag: z.string(),
  aad: z.string().optional(),
};

/** `{alg, data, nonce, tag, aad?}`, binary members in either base64 alphabet (CRYP-040). */
export const wireCiphertextSchema = message(members);
/** A ciphertext as it travels. */
export type WireCiphertext = z.infer<typeof wireCiphertextSchema>;

/** The ciphertext of an `approval.request`, inline. */
export const ciphertextRefSchema = message({ kind: z.literal('inline'), ...members });
/** A ciphertext inside an `approval.request`. */
export type CiphertextRef = z.infer<typeof ciphertextRefSchema>;

/** Algorithms of ART-030 by their official names. */
export type CiphertextAlgorithm = 'AES-256-GCM' | 'XChaCha20-Poly1305';

/** A ciphertext with its members decoded to bytes. */
export interface DecodedCiphertext {
  readonly alg: CiphertextAlgorithm;
  readonly data: Uint8Array;
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
  readonly aad?: Uint8Array;
}

const NONCE_BYTES = { 'AES-256-GCM': 12, 'XChaCha20-Poly1305': 24 } as const;
const TAG_BYTES = 16;

/**
 * Decodes a ciphertext and checks algorithm and lengths (ART-030, CRYP-100, CRYP-110). Decrypts nothing.
 * @throws CiphertextError `HARP_ERR_UNSUPPORTED` for other algorithms, `invalid_request` for other lengths or encodings
 */
export function decodeCiphertext(wire: WireCiphertext): DecodedCiphertext {
  const alg = algorithmOf(wire.alg);
  try {
    const nonce = decodeBase64Any(wire.nonce, NONCE_BYTES[alg]);
    const tag = decodeBase64Any(wire.tag, TAG_BYTES);
    const data = decodeBase64Any(wire.data);
    return { alg, data, nonce, tag, ...(wire.aad === undefined ? {} : { aad: decodeBase64Any(wire.aad) }) };
  } catch (cause) {
    throw new CiphertextError('invalid_request', 'The ciphertext has a malformed member', { cause });
  }
}

function algorithmOf(name: string): CiphertextAlgorithm {
  switch (name.toLowerCase()) {
    case 'aes-256-gcm':
      return 'AES-256-GCM';
    case 'xchacha20-poly1305':
      return 'XChaCha20-Poly1305';
    default:
      throw new CiphertextError('HARP_ERR_UNSUPPORTED', 'This ciphertext algorithm is not supported');
  }
}
