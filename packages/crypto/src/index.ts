export { type ApprovalContext, APPROVAL_REFUSALS, type ApprovalRefusal, approvalRefusal } from './approval.js';
export { DecryptionError, KeyError } from './errors.js';
export { artifactAad, artifactHash, contentSha256, sha256, sha256Hex } from './hash.js';
export { timingSafeEqual } from './timing-safe.js';
export {
  assertEd25519PublicKey,
  ed25519PublicKey,
  ed25519Sign,
  nobleVerifier,
  type RawVerify,
  strictVerifier,
  type Verifier,
} from './ed25519.js';
export { decodePublicKey } from './public-key.js';
export { publishedPairingKey, x25519PublicKey, x25519SharedSecret } from './x25519.js';
export { open, type OpenParts, seal, type SealParts } from './encryption.js';
export {
  decisionPipeText,
  type EnrollmentParts,
  enrollmentSignable,
  harpDecisionSignable,
  type PipeFields,
  policySignable,
  type VerifyContext,
  verifyEnrollmentSignature,
  verifyHarpSignature,
  verifyPipeSignature,
  verifyPolicySignature,
} from './decision-signature.js';
export {
  approverSignerKeyId,
  capabilitiesMac,
  derivePairingKeys,
  type PairingKeys,
  pairingTranscript,
  publishedFingerprint,
  safetyNumber,
  type TranscriptParts,
} from './pairing-derivation.js';
export {
  pairingResponseSignable,
  type PairingResponseParts,
  type PairingSigner,
  type SignedPairingResponse,
  signPairingResponse,
} from './pairing-response.js';
export {
  type AcceptedPairing,
  checkPairingResponse,
  honoursPolicyChange,
  type PairingSession,
  type RefusedPairing,
} from './pairing-check.js';
export { hashRecoveryCode, makeRecoveryCode, verifyRecoveryCode } from './recovery-code.js';
export { checkReceipt, type ReceiptCheck, RECEIPT_REFUSALS, type ReceiptRefusal } from './receipt.js';
