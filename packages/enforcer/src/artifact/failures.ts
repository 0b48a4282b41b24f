import type { GatewayFailure } from '../model/base.js';
import type { ArtifactSignal } from './model.js';

/** What an error answer means for a request: ask again, get another credential, or give up. */
export type FailureClass = 'again' | 'credential' | 'final';

const CONSENT = {
  app_consent_required: 'Required',
  app_consent_pending: 'Pending',
  app_consent_denied: 'Denied',
} as const;

/** Consent state that a 403 tells about, or null. */
export function consentOf(failure: GatewayFailure) {
  if (failure.kind !== 'forbidden' || !Object.hasOwn(CONSENT, failure.code)) return null;
  return CONSENT[failure.code as keyof typeof CONSENT];
}

/** Sorts a failure of a submission or a wait (ART-170, EXCH-150, ENF-150). */
export function classify(failure: GatewayFailure): FailureClass {
  switch (failure.kind) {
    case 'unauthorized':
      return 'credential';
    case 'unreachable':
      return 'again';
    case 'rejected':
      return failure.retryable || (failure.status ?? 0) >= 500 ? 'again' : 'final';
    case 'forbidden':
    case 'malformed':
    case 'aborted':
      return 'final';
  }
}

/** What the other machines must hear about a final failure. */
export function signalsOf(failure: GatewayFailure): readonly ArtifactSignal[] {
  if (failure.kind === 'forbidden' && failure.code === 'pairing_revoked') return [{ kind: 'pairing-revoked' }];
  const consent = consentOf(failure);
  return consent === null ? [] : [{ kind: 'consent', consent, consentUrl: failure.consentUrl ?? null }];
}
