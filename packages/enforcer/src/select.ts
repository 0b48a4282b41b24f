import { honoursPolicyChange } from '@airlock/crypto';
import type { Assurance } from '@airlock/protocol';
import { isOpen, reportedState } from './artifact/reported.js';
import { activePairing, currentAccess, lacksVerification, signedInGateway, standingOf } from './composition/access.js';
import { lookup } from './machine/record.js';
import type { Access, EpochMs, RequestId, WorkspaceId } from './model/base.js';
import type { DenyCode } from './model/codes.js';
import { ENGINE_LIMITS } from './model/config.js';
import type { Exchange } from './model/exchange.js';
import type { EnforcerState } from './model/state.js';

export { reportedState };

/** Whether a request of a workspace would be submitted now, later (a refresh or consent check is under way) or never. */
export type Admission =
  | { readonly kind: 'open' }
  | { readonly kind: 'later' }
  | { readonly kind: 'closed'; readonly code: DenyCode };

const closed = (code: DenyCode): Admission => ({ kind: 'closed', code });

function authAdmission(state: EnforcerState): Admission {
  const { auth } = state;
  switch (auth.name) {
    case 'SignedOut':
    case 'AwaitingDevice':
    case 'Expired':
      return closed('not_signed_in');
    case 'Refreshing':
      return { kind: 'later' };
    case 'SignedIn':
      if (auth.consent === 'Unknown' || auth.consent === 'Allowed') return { kind: 'open' };
      if (auth.consentCall !== null) return { kind: 'later' };
      return closed(CONSENT_CODE[auth.consent]);
  }
}

const CONSENT_CODE = {
  Required: 'app_consent_required',
  Pending: 'app_consent_pending',
  Denied: 'app_consent_denied',
} as const;

function pairingAdmission(state: EnforcerState, workspaceId: WorkspaceId): Admission | null {
  const standing = standingOf(state, workspaceId);
  if (standing === undefined) return closed('not_paired');
  if (standing.active === null) return closed(standing.revoked ? 'pairing_revoked' : 'not_paired');
  if (standing.active.gatewayUrl !== signedInGateway(state)) return closed('gateway_mismatch');
  return lacksVerification(state, workspaceId) ? closed('pairing_unverified') : null;
}

/** The gate of the composition: running, signed in, consented, paired, and paired with the gateway that is signed in to. */
export function admission(state: EnforcerState, workspaceId: WorkspaceId): Admission {
  if (state.lifecycle === 'starting') return closed('starting');
  if (state.lifecycle === 'stopped') return closed('shutting_down');
  if (state.fault !== null) return closed(state.fault);
  const auth = authAdmission(state);
  if (auth.kind === 'closed') return auth;
  return pairingAdmission(state, workspaceId) ?? auth;
}

/** A token endpoint that gave no answer at all while nothing can be submitted without a new token (ENF-155); null otherwise. */
export function unansweredRefresh({
  auth,
}: EnforcerState): { readonly idpUrl: string; readonly gatewayUrl: string } | null {
  if (auth.name !== 'Refreshing' || auth.stage.kind !== 'backoff' || !auth.stage.unreached) return null;
  const { credential, gatewayUrl } = auth.signIn;
  return credential.kind === 'oidc' ? { idpUrl: credential.idp.baseUrl, gatewayUrl } : null;
}

/** Whether a request is open and not one byte of its artifact has left or is just leaving (ENF-155). */
export function isUnsent(state: EnforcerState, requestId: RequestId): boolean {
  const exchange = lookup(state.exchanges, requestId);
  return exchange !== undefined && isOpen(exchange) && !exchange.submissionBegan;
}

/** What calls beside the engine's own may authenticate with now; null while there is nothing that works. It is a secret. */
export function gatewayAccess(state: EnforcerState, at: EpochMs): Access | null {
  return state.lifecycle === 'running' && state.fault === null ? currentAccess(state, at) : null;
}

/** Requests that can still end in an execution. */
export function openExchanges(state: EnforcerState): readonly Exchange[] {
  return Object.values(state.exchanges).filter(isOpen);
}

/** What the runtime must know to build an artifact for a workspace and to describe its pairing. */
export interface PairingFacts {
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly assurance: Assurance;
  readonly signerKeyId: string;
  readonly publicKey: string;
  readonly capabilities: readonly string[];
  readonly safetyNumber: string;
  readonly pairedAt: EpochMs;
  /** Notices of ART-145 that follow from the pairing, sorted. */
  readonly notices: readonly string[];
  /** Whether approvals of `policy.change` by this approver count (PAIR-220, PAIR-225). */
  readonly policyChangeHonoured: boolean;
}

/** Facts of the pairing in force with the signed-in gateway, or null. `at` decides whether a used recovery code shows. */
export function pairingFacts(state: EnforcerState, workspaceId: WorkspaceId, at: EpochMs): PairingFacts | null {
  const standing = standingOf(state, workspaceId);
  const active = activePairing(state, workspaceId);
  if (standing === undefined || active === null) return null;
  const { enforcerId, enforcerLabel, workspaceName, recoveryUsedAt } = standing;
  const { assurance, signerKeyId, publicKey, capabilities, safetyNumber, pairedAt } = active;
  const recovered = recoveryUsedAt !== null && at - recoveryUsedAt < ENGINE_LIMITS.recoveryNoticeMs;
  const announced = ['same-host', 'unprotected-key'].filter((name) => capabilities.includes(name));
  return {
    enforcerId,
    enforcerLabel,
    workspaceName,
    assurance,
    signerKeyId,
    publicKey,
    capabilities,
    safetyNumber,
    pairedAt,
    notices: recovered ? ['recovery-used', ...announced] : announced,
    policyChangeHonoured: honoursPolicyChange(active),
  };
}
