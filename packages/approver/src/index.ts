export { type CardEntry, type CardInput, type FreshValues, signCard, type SignedCard } from './decision/sign-card.js';
export {
  type DecisionInput,
  type SignedDecision,
  signDecision,
} from './decision/sign-decision.js';
export {
  type DenialInput,
  type GrantInput,
  signDenial,
  signGrant,
  signPolicy,
  signsPolicies,
  type UnsignedPolicy,
} from './decision/sign-policy.js';
export { ApproverError, type ApproverErrorCode } from './errors.js';
export {
  type ApproverMemory,
  type ApproverPairing,
  EMPTY_MEMORY,
  forgetExpired,
  readMemory,
  rememberGrant,
  type SignedDecisionRecord,
  type SignedPolicyRecord,
} from './memory.js';
export {
  completePairing,
  type PairingAgreement,
  type PairingAnswer,
  recordPairing,
  revokePairing,
} from './pairing/complete.js';
export { type PreGenerated, rememberPreGenerated, takeSecret } from './pairing/pre-generated.js';
export type { ApproverKeys, KeyAgreement, Signer } from './ports.js';
export { type RegistrationParts, registration } from './registration.js';
export type { PolicyComparison, PolicyReading } from './policy/read-policy.js';
export { cardId, groupRequests, type RequestGroup } from './request/group.js';
export {
  type Choice,
  OBSTACLES,
  type Obstacle,
  type OpenedContent,
  type OpenedRequest,
  WARNINGS,
  type Warning,
} from './request/model.js';
export { openRequest, type OpenResult } from './request/open-request.js';
