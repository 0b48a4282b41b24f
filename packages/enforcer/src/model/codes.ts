import type { HarpCode } from '@airlock/protocol';

/** Refusals of the engine itself. Checks of a decision answer with HARP codes, the gateway with wire codes. */
export const ENFORCER_CODES = [
  'app_consent_denied',
  'app_consent_pending',
  'app_consent_required',
  'already_executed',
  'approval_expired',
  'artifact_inconsistent',
  'artifact_too_large',
  'deadline_passed',
  'duplicate_request',
  'gateway_mismatch',
  'gateway_refused',
  'gateway_unreachable',
  'not_approved',
  'not_paired',
  'not_signed_in',
  'pairing_in_progress',
  'pairing_revoked',
  'pairing_unverified',
  'rejected',
  'repeated_rejection',
  'sealing_failed',
  'shutting_down',
  'signed_out',
  'starting',
  'too_many_open',
  'unauthorized',
  'unknown_request',
  'unpaired',
  'withdrawn',
] as const;

/** One of {@link ENFORCER_CODES}. */
export type EnforcerCode = (typeof ENFORCER_CODES)[number];

/** What a denied request or a refused execution names. A fault code comes from the runtime. */
export type DenyCode = EnforcerCode | HarpCode | (string & {});
