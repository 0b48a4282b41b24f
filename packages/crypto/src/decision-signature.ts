import {
  base64UrlDecode,
  canonicalBytes,
  decodeBase64Any,
  EncodingError,
  isArtifactHash,
  utf8Encode,
} from '@airlock/protocol';
import type { Verifier } from './ed25519.js';

const SIGNATURE_BYTES = 64;
const NONCE = /^[A-Za-z0-9_-]{1,128}$/;

/** Members of a decision that the pipe form signs (CRYP-170). */
export interface PipeFields {
  readonly artifactHash: string;
  readonly decision: string;
  readonly nonce: string;
}

/** A key and what verifies with it. */
export interface VerifyContext {
  readonly verifier: Verifier;
  /** Raw Ed25519 key, 32 bytes, already accepted by `assertEd25519PublicKey`. */
  readonly publicKey: Uint8Array;
}

/**
 * The text that the pipe form signs: `artifactHash|decision|nonce`, each exactly as in the body (CRYP-170).
 * @throws EncodingError when a member does not match its pattern, in particular when it contains the separator
 */
export function decisionPipeText(fields: PipeFields): string {
  const isWord = fields.decision === 'approve' || fields.decision === 'reject';
  if (!isArtifactHash(fields.artifactHash) || !isWord || !NONCE.test(fields.nonce)) {
    throw new EncodingError('A member of the decision cannot be signed');
  }
  return `${fields.artifactHash}|${fields.decision}|${fields.nonce}`;
}

/** Tells whether the pipe signature of a decision verifies (CRYP-170); base64 of either alphabet (CRYP-040). */
export function verifyPipeSignature(
  context: VerifyContext,
  body: PipeFields & { readonly signature: string },
): boolean {
  return refusingEncodings(() =>
    context.verifier.verify(
      decodeBase64Any(body.signature, SIGNATURE_BYTES),
      utf8Encode(decisionPipeText(body)),
      context.publicKey,
    ),
  );
}

/**
 * Bytes that `harpDecision.signature` signs: canonical JSON of the object without `signature` (CRYP-160, CRYP-190).
 * @throws CanonicalizationError when the received object lies outside the profile
 */
export function harpDecisionSignable(decision: Readonly<Record<string, unknown>>): Uint8Array {
  return withoutSignature(decision);
}

/**
 * Tells whether `harpDecision.signature` verifies; it must be exactly `b64u` (CRYP-040, CRYP-190).
 * @param decision the received object; `signable` are its bytes when they were computed before
 * @throws CanonicalizationError when the object lies outside the profile
 */
export function verifyHarpSignature(
  context: VerifyContext,
  decision: Readonly<Record<string, unknown>>,
  signable: Uint8Array = harpDecisionSignable(decision),
): boolean {
  return verifyStrictSignature(context, decision['signature'], signable);
}

/**
 * Bytes that a standing policy's `signature` signs (DND-050).
 * @throws CanonicalizationError when the received object lies outside the profile
 */
export function policySignable(policy: Readonly<Record<string, unknown>>): Uint8Array {
  return withoutSignature(policy);
}

/**
 * Tells whether a standing policy's signature verifies; it must be exactly `b64u` (DND-050, CRYP-040).
 * @throws CanonicalizationError when the object lies outside the profile
 */
export function verifyPolicySignature(context: VerifyContext, policy: Readonly<Record<string, unknown>>): boolean {
  return verifyStrictSignature(context, policy['signature'], policySignable(policy));
}

/** Parts of an enrollment (APPR-010). */
export interface EnrollmentParts {
  /** Absent when an approver credential authorises the registration. */
  readonly enrollmentCode?: string | undefined;
  /** `b64u` of the raw key, as sent. */
  readonly publicKey: string;
  /** RFC 3339, as sent. */
  readonly timestamp: string;
}

/**
 * Bytes that a device signs to register its key (APPR-010).
 * @throws EncodingError when a part contains the separator
 */
export function enrollmentSignable(parts: EnrollmentParts): Uint8Array {
  const members = [parts.enrollmentCode ?? '', parts.publicKey, parts.timestamp];
  if (members.some((member) => member.includes('|'))) throw new EncodingError('A member contains the separator');
  return utf8Encode(['airlock-enroll-v1', ...members].join('|'));
}

/** Tells whether a registration is signed by the key it brings (APPR-010). */
export function verifyEnrollmentSignature(
  context: VerifyContext,
  parts: EnrollmentParts & { readonly signature: string },
): boolean {
  return refusingEncodings(() => verifyStrictSignature(context, parts.signature, enrollmentSignable(parts)));
}

function withoutSignature(object: Readonly<Record<string, unknown>>): Uint8Array {
  return canonicalBytes(Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'signature')));
}

function verifyStrictSignature(context: VerifyContext, signature: unknown, message: Uint8Array): boolean {
  if (typeof signature !== 'string') return false;
  return refusingEncodings(() =>
    context.verifier.verify(base64UrlDecode(signature, SIGNATURE_BYTES), message, context.publicKey),
  );
}

function refusingEncodings(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}
