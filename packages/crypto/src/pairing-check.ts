import {
  type Assurance,
  base64UrlDecode,
  capabilityNameSchema,
  decodeBase64Any,
  EncodingError,
  JsonError,
  LIMITS,
  type PairingRefusal,
  type PairingResponse,
  pairingResponseSchema,
  parseJson,
  parseSignerKeyId,
  parseTime,
  type SignerKeyId,
  utf8Encode,
} from '@airlock/protocol';
import { assertEd25519PublicKey, nobleVerifier, type Verifier } from './ed25519.js';
import { KeyError } from './errors.js';
import {
  approverSignerKeyId,
  capabilitiesMac,
  derivePairingKeys,
  type PairingKeys,
  pairingTranscript,
  publishedFingerprint,
  safetyNumber,
} from './pairing-derivation.js';
import { pairingResponseSignable } from './pairing-response.js';
import { decodePublicKey } from './public-key.js';
import { timingSafeEqual } from './timing-safe.js';
import { publishedPairingKey, x25519PublicKey, x25519SharedSecret } from './x25519.js';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const VERIFIED_PREFIX = 'al1.';

/** The enforcer's side of one pairing session. */
export interface PairingSession {
  readonly pairingNonce: string;
  readonly enforcerId: string;
  readonly enforcerLabel?: string | undefined;
  readonly workspaceName?: string | undefined;
  /** Private X25519 key of this session, 32 bytes. */
  readonly x25519PrivateKey: Uint8Array;
  /** Secrets S that were shown (typed form and link form), normalised; empty when the approver showed only a code. */
  readonly secrets: readonly string[];
  /** Refuse pairings without proof of S (PAIR-210). */
  readonly requireVerifiedPairing: boolean;
  /** Whether somebody can confirm at the terminal (PAIR-210). */
  readonly attended: boolean;
  /** Ed25519 engine; the reference when absent. */
  readonly verifier?: Verifier | undefined;
}

/** An accepted pairing response. Nothing may be stored before `confirmAtTerminal` was satisfied (PAIR-210). */
export interface AcceptedPairing {
  readonly ok: true;
  readonly assurance: Assurance;
  /** True when a human must first confirm the safety number after a warning. */
  readonly confirmAtTerminal: boolean;
  readonly signerKeyId: SignerKeyId;
  /** Raw Ed25519 key of the approver, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Raw X25519 key of the approver, 32 bytes. */
  readonly approverX25519: Uint8Array;
  /** As announced, unknown names included. Authenticated in verified pairings only. */
  readonly capabilities: readonly string[];
  readonly deviceId?: string;
  /** Pairing key, 32 bytes (CRYP-050). */
  readonly pairingKey: Uint8Array;
  readonly transcript: string;
  readonly safetyNumber: string;
  readonly publishedFingerprint: string;
}

/** A refused pairing response; S is burnt and the session over (PAIR-200). */
export interface RefusedPairing {
  readonly ok: false;
  readonly reason: PairingRefusal;
}

/**
 * Checks the approver's answer in the order of PAIR-190 and stops at the first failure. One call per session (PAIR-200).
 * @param responseJson the text as the gateway served it
 * @param now wall clock, epoch milliseconds
 */
export function checkPairingResponse(
  session: PairingSession,
  responseJson: string,
  now: number,
): AcceptedPairing | RefusedPairing {
  const response = readResponse(responseJson);
  if (response === undefined) return refuse('malformed');
  if (!equalText(response.pairingNonce, session.pairingNonce)) return refuse('nonce');
  if (!isRecent(response.timestamp, now)) return refuse('timestamp');
  const keys = readKeys(session, response);
  if (keys === undefined) return refuse('key');
  if (!isSigned(session.verifier ?? nobleVerifier, response, keys.publicKey)) return refuse('signature');
  return isVerifiedForm(response) ? checkProof(session, response, keys) : acceptUnproven(session, response, keys);
}

interface ResponseKeys {
  readonly publicKey: Uint8Array;
  readonly approverX25519: Uint8Array;
  readonly sharedSecret: Uint8Array;
}

function readResponse(responseJson: string): PairingResponse | undefined {
  try {
    const result = pairingResponseSchema.safeParse(parseJson(responseJson));
    return result.success ? result.data : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function isVerifiedForm(response: PairingResponse): boolean {
  return response.signerKeyId.startsWith(VERIFIED_PREFIX);
}

function isRecent(timestamp: string, now: number): boolean {
  try {
    return Math.abs(parseTime(timestamp) - now) <= LIMITS.pairingTimestampSkewMs;
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}

function readKeys(session: PairingSession, response: PairingResponse): ResponseKeys | undefined {
  // The transcript spells keys as raw b64u; another spelling in a verified answer would be signed but not bound.
  const decode = isVerifiedForm(response) ? (text: string) => base64UrlDecode(text, KEY_BYTES) : undefined;
  try {
    const publicKey = decode?.(response.publicKey) ?? decodePublicKey(response.publicKey, 'Ed25519');
    assertEd25519PublicKey(publicKey);
    const approverX25519 = decode?.(response.x25519PublicKey) ?? decodePublicKey(response.x25519PublicKey, 'X25519');
    return { publicKey, approverX25519, sharedSecret: x25519SharedSecret(session.x25519PrivateKey, approverX25519) };
  } catch (error) {
    if (error instanceof EncodingError || error instanceof KeyError) return undefined;
    throw error;
  }
}

function isSigned(verifier: Verifier, response: PairingResponse, publicKey: Uint8Array): boolean {
  try {
    const signature = decodeBase64Any(response.signature, SIGNATURE_BYTES);
    return verifier.verify(signature, pairingResponseSignable(response), publicKey);
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}

function checkProof(
  session: PairingSession,
  response: PairingResponse,
  keys: ResponseKeys,
): AcceptedPairing | RefusedPairing {
  const transcript = transcriptOf(session, response, keys);
  const { sharedSecret } = keys;
  let proven: PairingKeys | undefined;
  for (const secret of session.secrets) {
    const candidate = derivePairingKeys({ secret, sharedSecret, transcript });
    const expected = approverSignerKeyId(keys.publicKey, candidate.confirmKey);
    if (equalText(response.signerKeyId, expected)) proven = candidate;
  }
  if (proven === undefined) return refuse('confirm');
  if (!areCapabilitiesProven(response, proven.confirmKey)) return refuse('capabilities');
  return accept({ response, keys, transcript, assurance: 'verified', pairingKey: proven.encryptionKey });
}

function areCapabilitiesProven(response: PairingResponse, confirmKey: Uint8Array): boolean {
  const { capabilities, capabilitiesMac: mac } = response;
  if (capabilities === undefined || typeof mac !== 'string') return false;
  if (!capabilities.every((name) => capabilityNameSchema.safeParse(name).success)) return false;
  return equalText(mac, capabilitiesMac(confirmKey, capabilities));
}

function acceptUnproven(
  session: PairingSession,
  response: PairingResponse,
  keys: ResponseKeys,
): AcceptedPairing | RefusedPairing {
  if (session.requireVerifiedPairing || !session.attended) return refuse('unverified');
  const transcript = transcriptOf(session, response, keys);
  const pairingKey = publishedPairingKey(keys.sharedSecret);
  return accept({ response, keys, transcript, assurance: 'gateway-trusted', pairingKey });
}

function accept(parts: {
  readonly response: PairingResponse;
  readonly keys: ResponseKeys;
  readonly transcript: string;
  readonly assurance: Assurance;
  readonly pairingKey: Uint8Array;
}): AcceptedPairing {
  const { response, keys, transcript, assurance, pairingKey } = parts;
  return {
    ok: true,
    assurance,
    confirmAtTerminal: assurance === 'gateway-trusted',
    signerKeyId: parseSignerKeyId(response.signerKeyId),
    publicKey: keys.publicKey,
    approverX25519: keys.approverX25519,
    capabilities: (response.capabilities ?? []).filter((name) => capabilityNameSchema.safeParse(name).success),
    ...(response.deviceId === undefined ? {} : { deviceId: response.deviceId }),
    pairingKey,
    transcript,
    safetyNumber: safetyNumber(transcript),
    publishedFingerprint: publishedFingerprint(keys.publicKey),
  };
}

function transcriptOf(session: PairingSession, response: PairingResponse, keys: ResponseKeys): string {
  return pairingTranscript({
    pairingNonce: session.pairingNonce,
    enforcerId: session.enforcerId,
    enforcerLabel: session.enforcerLabel,
    workspaceName: session.workspaceName,
    enforcerX25519: x25519PublicKey(session.x25519PrivateKey),
    approverX25519: keys.approverX25519,
    approverEd25519: keys.publicKey,
    timestamp: response.timestamp,
  });
}

function equalText(a: string, b: string): boolean {
  return timingSafeEqual(utf8Encode(a), utf8Encode(b));
}

function refuse(reason: PairingRefusal): RefusedPairing {
  return { ok: false, reason };
}

/** Whether approvals of `policy.change` by this approver count (PAIR-220, PAIR-225). */
export function honoursPolicyChange(pairing: {
  readonly assurance: Assurance;
  readonly capabilities: readonly string[];
}): boolean {
  return pairing.assurance === 'verified' && !pairing.capabilities.includes('unprotected-key');
}
