import { canonicalBytes, type HexSha256, hexEncode, PER_REQUEST_MEMBERS } from '@airlock/protocol';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 of bytes as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): HexSha256 {
  return hexEncode(nobleSha256(bytes)) as HexSha256;
}

/**
 * Hash of an artifact: over exactly the bytes that are encrypted, never over something parsed and written
 * again (ART-150, CRYP-150).
 */
export function artifactHash(plaintext: Uint8Array): HexSha256 {
  return sha256Hex(plaintext);
}

/**
 * Hash of an action without what changes per request (ART-142). Selects grants and repeat limits; no decision may
 * ever be verified against it.
 * @throws CanonicalizationError when the action lies outside the canonical profile
 */
export function contentSha256(action: Readonly<Record<string, unknown>>): HexSha256 {
  const perRequest = new Set<string>(PER_REQUEST_MEMBERS);
  return sha256Hex(
    canonicalBytes(Object.fromEntries(Object.entries(action).filter(([name]) => !perRequest.has(name)))),
  );
}

/** Associated data of an artifact in a verified pairing: canonical JSON of the three members (ART-150). */
export function artifactAad(parts: {
  readonly artifactHash: string;
  readonly expiresAt: string;
  readonly requestId: string;
}): Uint8Array {
  return canonicalBytes({ artifactHash: parts.artifactHash, expiresAt: parts.expiresAt, requestId: parts.requestId });
}
