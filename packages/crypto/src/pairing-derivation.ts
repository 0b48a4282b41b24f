import {
  type Base64Url,
  base64UrlEncode,
  canonicalizeStrings,
  hexEncode,
  type SignerKeyId,
  utf8Encode,
} from '@airlock/protocol';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

const PAIR_INFO = utf8Encode('airlock/pair/v1');
const CONFIRM_TEXT = utf8Encode('approver-confirm');
const KEY_BYTES = 32;
const KEY_PART_CHARACTERS = 16;
const MAC_PART_CHARACTERS = 22;

/** One side's view of a pairing, with raw keys of 32 bytes (PAIR-160). */
export interface TranscriptParts {
  readonly pairingNonce: string;
  readonly enforcerId: string;
  readonly enforcerLabel?: string | undefined;
  readonly workspaceName?: string | undefined;
  readonly enforcerX25519: Uint8Array;
  readonly approverX25519: Uint8Array;
  readonly approverEd25519: Uint8Array;
  /** RFC 3339, exactly as in the response. */
  readonly timestamp: string;
}

/** The transcript T: canonical JSON array of strings, an absent label as the empty string (PAIR-160). */
export function pairingTranscript(parts: TranscriptParts): string {
  return canonicalizeStrings([
    'airlock-pair-v1',
    parts.pairingNonce,
    parts.enforcerId,
    parts.enforcerLabel ?? '',
    parts.workspaceName ?? '',
    base64UrlEncode(parts.enforcerX25519),
    base64UrlEncode(parts.approverX25519),
    base64UrlEncode(parts.approverEd25519),
    parts.timestamp,
  ]);
}

/** Keys of a verified pairing, 32 bytes each. */
export interface PairingKeys {
  readonly confirmKey: Uint8Array;
  /** The pairing key (CRYP-050). */
  readonly encryptionKey: Uint8Array;
}

/**
 * Derives `K_confirm` and `K_enc` (PAIR-170).
 * @param parts `secret` is S, normalised; `sharedSecret` the X25519 result; `transcript` is T
 */
export function derivePairingKeys(parts: {
  readonly secret: string;
  readonly sharedSecret: Uint8Array;
  readonly transcript: string;
}): PairingKeys {
  const secret = utf8Encode(parts.secret);
  const ikm = new Uint8Array(secret.length + parts.sharedSecret.length);
  ikm.set(secret);
  ikm.set(parts.sharedSecret, secret.length);
  const keys = hkdf(sha256, ikm, sha256(utf8Encode(parts.transcript)), PAIR_INFO, 2 * KEY_BYTES);
  ikm.fill(0);
  return { confirmKey: keys.slice(0, KEY_BYTES), encryptionKey: keys.slice(KEY_BYTES) };
}

/**
 * The approver's key id (PAIR-180): `al1.` with proof of S when a confirmation key is given, else `key-`.
 * @param publicKey raw Ed25519 key
 */
export function approverSignerKeyId(publicKey: Uint8Array, confirmKey?: Uint8Array): SignerKeyId {
  const keyPart = base64UrlEncode(sha256(publicKey)).slice(0, KEY_PART_CHARACTERS);
  if (confirmKey === undefined) return `key-${keyPart}` as SignerKeyId;
  const mac = base64UrlEncode(hmac(sha256, confirmKey, CONFIRM_TEXT)).slice(0, MAC_PART_CHARACTERS);
  return `al1.${keyPart}.${mac}` as SignerKeyId;
}

/** MAC over the sorted capabilities (PAIR-180). */
export function capabilitiesMac(confirmKey: Uint8Array, capabilities: readonly string[]): Base64Url {
  const text = `capabilities|${[...capabilities].sort().join(',')}`;
  return base64UrlEncode(hmac(sha256, confirmKey, utf8Encode(text)));
}

/** Safety number of a transcript: 8 groups of 4 hex digits (PAIR-230). */
export function safetyNumber(transcript: string): string {
  const digits = hexEncode(sha256(utf8Encode(transcript)).subarray(0, 16));
  return (digits.match(/.{4}/g) ?? []).join('-');
}

/** Fingerprint that published clients show: `AA:BB:…` of the first 8 bytes (PAIR-230). */
export function publishedFingerprint(publicKey: Uint8Array): string {
  const digits = hexEncode(sha256(publicKey).subarray(0, 8)).toUpperCase();
  return (digits.match(/.{2}/g) ?? []).join(':');
}
