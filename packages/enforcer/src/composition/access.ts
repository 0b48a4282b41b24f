import { accessOf } from '../auth/sign-in.js';
import { lookup } from '../machine/record.js';
import { accessExpiry } from '../model/auth.js';
import type { Access, EpochMs, WorkspaceId } from '../model/base.js';
import type { EnforcerConfig } from '../model/config.js';
import type { PairingRecord, Standing } from '../model/durable.js';
import type { ExchangeFacts } from '../model/exchange.js';
import type { EnforcerState } from '../model/state.js';

/** The credential that calls may use now, or null while there is none that works. */
export function currentAccess(state: EnforcerState, at: EpochMs): Access | null {
  const { auth } = state;
  switch (auth.name) {
    case 'SignedIn':
      return accessOf(auth.signIn);
    case 'Refreshing': {
      const expiresAt = accessExpiry(auth.signIn);
      const works = auth.cause === 'early' && expiresAt !== null && at < expiresAt;
      return works ? accessOf(auth.signIn) : null;
    }
    case 'SignedOut':
    case 'AwaitingDevice':
    case 'Expired':
      return null;
  }
}

/** The gateway that is signed in to, or null. */
export function signedInGateway(state: EnforcerState): string | null {
  const { auth } = state;
  return auth.name === 'SignedIn' || auth.name === 'Refreshing' ? auth.signIn.gatewayUrl : null;
}

/** What holds for a workspace; undefined for one the engine never met. */
export function standingOf(state: EnforcerState, workspaceId: WorkspaceId): Standing | undefined {
  return lookup(state.pairings, workspaceId)?.standing;
}

/** The pairing in force, if it is one with the gateway that is signed in to. */
export function activePairing(state: EnforcerState, workspaceId: WorkspaceId): PairingRecord | null {
  const active = standingOf(state, workspaceId)?.active ?? null;
  return active !== null && active.gatewayUrl === signedInGateway(state) ? active : null;
}

/** What a workspace requires of its approver: the configuration, and the policy in force there. */
export function requirementsOf(state: EnforcerState, workspaceId: WorkspaceId): EnforcerConfig {
  const required = lookup(state.requirements, workspaceId) ?? [];
  const { requireVerifiedPairing, requireHarpDecision } = state.config;
  return {
    requireVerifiedPairing: requireVerifiedPairing || required.includes('verified-pairing'),
    requireHarpDecision: requireHarpDecision || required.includes('harp-decision'),
  };
}

/** Whether a pairing in force is one that its workspace does not accept any more (PAIR-210). */
export function lacksVerification(state: EnforcerState, workspaceId: WorkspaceId): boolean {
  const active = standingOf(state, workspaceId)?.active ?? null;
  if (active === null || active.assurance === 'verified') return false;
  return requirementsOf(state, workspaceId).requireVerifiedPairing;
}

/** Whether exactly the pairing that an artifact was sealed for is in force (ENF-040). */
export function isPairingInForce(state: EnforcerState, facts: ExchangeFacts): boolean {
  const active = activePairing(state, facts.workspaceId);
  if (active === null) return false;
  const { signer } = facts;
  return (
    active.routingToken === signer.routingToken &&
    active.signerKeyId === signer.signerKeyId &&
    active.publicKey === signer.publicKey
  );
}
