import {
  type Assurance,
  base64UrlEncode,
  type PairingResponse,
  pairingResponseSchema,
  parseMessage,
  type Rfc3339,
  type SignerKeyId,
  utf8Encode,
} from '@airlock/protocol';
import {
  approverSignerKeyId,
  capabilitiesMac,
  derivePairingKeys,
  pairingTranscript,
  publishedFingerprint,
  safetyNumber,
  type TranscriptParts,
} from './pairing-derivation.js';
import { publishedPairingKey } from './x25519.js';

/** The approver's signing key behind a port: private keys never enter this package (APPR-120). */
export interface PairingSigner {
  /** Raw Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes, of the message. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** What the approver answers with, and the session as it sees it. */
export interface PairingResponseParts extends Omit<TranscriptParts, 'approverEd25519'> {
  /** X25519 result of the approver's private key and the enforcer's key, checked for zero. */
  readonly sharedSecret: Uint8Array;
  /** S as read from the shown code; absent leads to a gateway-trusted pairing. */
  readonly secret?: string | undefined;
  readonly timestamp: Rfc3339;
  readonly capabilities: readonly string[];
  readonly deviceId?: string | undefined;
}

/** A signed answer and what both sides derive from it. */
export interface SignedPairingResponse {
  readonly response: PairingResponse;
  /** Text to send; the gateway keeps it byte for byte (PAIR-080). */
  readonly responseJson: string;
  readonly signerKeyId: SignerKeyId;
  readonly assurance: Assurance;
  /** Pairing key, 32 bytes. */
  readonly pairingKey: Uint8Array;
  readonly transcript: string;
  readonly safetyNumber: string;
  readonly publishedFingerprint: string;
}

/** Bytes that the response's signature covers: five members, exactly as transmitted (PAIR-130). */
export function pairingResponseSignable(response: {
  readonly signerKeyId: string;
  readonly publicKey: string;
  readonly pairingNonce: string;
  readonly timestamp: string;
  readonly x25519PublicKey: string;
}): Uint8Array {
  const { signerKeyId, publicKey, pairingNonce, timestamp, x25519PublicKey } = response;
  return utf8Encode([signerKeyId, publicKey, pairingNonce, timestamp, x25519PublicKey].join('|'));
}

/** Makes and signs the approver's answer to a pairing (PAIR-130, PAIR-160 to PAIR-180). */
export async function signPairingResponse(
  signer: PairingSigner,
  parts: PairingResponseParts,
): Promise<SignedPairingResponse> {
  const transcript = pairingTranscript({ ...parts, approverEd25519: signer.publicKey });
  const { secret, sharedSecret } = parts;
  const keys = secret === undefined ? undefined : derivePairingKeys({ secret, sharedSecret, transcript });
  const signerKeyId = approverSignerKeyId(signer.publicKey, keys?.confirmKey);
  const signed = {
    signerKeyId,
    publicKey: base64UrlEncode(signer.publicKey),
    pairingNonce: parts.pairingNonce,
    timestamp: parts.timestamp,
    x25519PublicKey: base64UrlEncode(parts.approverX25519),
  };
  const response = parseMessage(pairingResponseSchema, {
    ...signed,
    signature: base64UrlEncode(await signer.sign(pairingResponseSignable(signed))),
    ...(parts.deviceId === undefined ? {} : { deviceId: parts.deviceId }),
    capabilities: [...parts.capabilities],
    ...(keys === undefined ? {} : { capabilitiesMac: capabilitiesMac(keys.confirmKey, parts.capabilities) }),
  });
  return {
    response,
    responseJson: JSON.stringify(response),
    signerKeyId,
    assurance: keys === undefined ? 'gateway-trusted' : 'verified',
    pairingKey: keys?.encryptionKey ?? publishedPairingKey(sharedSecret),
    transcript,
    safetyNumber: safetyNumber(transcript),
    publishedFingerprint: publishedFingerprint(signer.publicKey),
  };
}
