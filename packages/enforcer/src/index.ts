export { isRejectedRepeatedly } from './composition/open-request.js';
export { initialState, step } from './step.js';
export {
  admission,
  gatewayAccess,
  isUnsent,
  openExchanges,
  pairingFacts,
  reportedState,
  unansweredRefresh,
  type Admission,
  type PairingFacts,
} from './select.js';
export { auditEnvelope, type AuditReport } from './artifact/audit-envelope.js';
export { verifyDecision, type DecisionRefusal, type DecisionResult, type DecisionVerifier } from './decision/verify.js';
export type { DecisionContext } from './decision/context.js';
export type {
  Access,
  AppCredential,
  Base64UrlText,
  CallId,
  EnforcerId,
  EpochMs,
  FailureKind,
  GatewayFailure,
  Hex64,
  MonoMs,
  Outcome,
  PairingId,
  PersistId,
  RequestId,
  Timed,
  TimerId,
  UserCredential,
  WorkspaceId,
} from './model/base.js';
export { ENGINE_LIMITS, REQUIREMENTS, type EnforcerConfig, type Requirement } from './model/config.js';
export { ENFORCER_CODES, type DenyCode, type EnforcerCode } from './model/codes.js';
export type {
  DevicePoll,
  GatewayCallName,
  GatewayCalls,
  GatewayEffect,
  GatewayResultEvent,
  IdentityProvider,
  Tokens,
} from './model/gateway-calls.js';
export type {
  DurableAuth,
  DurableRecord,
  DurableState,
  JournalEntry,
  OpenRequest,
  PairingRecord,
  Pin,
  RecoveryHash,
  Rejection,
  RevokedKey,
  Standing,
  StoredCredential,
} from './model/durable.js';
export {
  AUTH_FAILURES,
  PAIRING_REFUSALS,
  type AuthFailure,
  type AuthProgress,
  type DecidedOutcome,
  type NotifyEffect,
  type PairingProgress,
  type PairingRefusal,
  type RequestProgress,
} from './model/progress.js';
export { AUDIT_KINDS, type AuditEntry, type AuditKind } from './model/audit.js';
export type { EffectOf, EnforcerEffect } from './model/effects.js';
export type { EnforcerEvent, EventOf, PairingStart, RequestOpen } from './model/events.js';
export type { AuthState, AuthStateName, Consent } from './model/auth.js';
export type { PairingState, PairingStateName } from './model/pairing.js';
export type { PresenceState, PresenceStateName } from './model/presence.js';
export type { AckState, AckStateName } from './model/ack.js';
export type {
  Exchange,
  ExchangeFacts,
  ExchangeName,
  ReportedState,
  VerifiedDecision,
} from './model/exchange.js';
export type { EnforcerPorts } from './model/ports.js';
export type { EnforcerState, Lifecycle, StepResult } from './model/state.js';
