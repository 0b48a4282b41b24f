/** Refusal codes of table 17.1 and of the checks that feed it. */
export const HARP_CODES = [
  'HARP_ERR_CANONICALIZATION',
  'HARP_ERR_EXPIRED',
  'HARP_ERR_HASH_MISMATCH',
  'HARP_ERR_POLICY_DENY',
  'HARP_ERR_REPLAY',
  'HARP_ERR_SCOPE',
  'HARP_ERR_SIGNATURE_INVALID',
  'HARP_ERR_TRANSPORT',
  'HARP_ERR_UNSUPPORTED',
] as const;

/** One of {@link HARP_CODES}. */
export type HarpCode = (typeof HARP_CODES)[number];

/** One row of table 17.1: what is checked at `step` and how a failure is named. */
export interface VerificationStep {
  readonly step: number;
  readonly code: HarpCode;
  readonly reason: string;
}

const row = <Reason extends string>(step: number, code: HarpCode, reason: Reason) => ({ step, code, reason }) as const;

/** Table 17.1, steps 1 to 23 in order (ENF-020). */
export const VERIFICATION_STEPS = [
  row(1, 'HARP_ERR_TRANSPORT', 'bad_message'),
  row(2, 'HARP_ERR_REPLAY', 'request_mismatch'),
  row(3, 'HARP_ERR_REPLAY', 'not_awaiting'),
  row(4, 'HARP_ERR_EXPIRED', 'artifact_expired'),
  row(5, 'HARP_ERR_UNSUPPORTED', 'decision_value'),
  row(6, 'HARP_ERR_SIGNATURE_INVALID', 'unsigned'),
  row(7, 'HARP_ERR_HASH_MISMATCH', 'artifact_hash'),
  row(8, 'HARP_ERR_SIGNATURE_INVALID', 'unknown_key'),
  row(9, 'HARP_ERR_SIGNATURE_INVALID', 'revoked_key'),
  row(10, 'HARP_ERR_SIGNATURE_INVALID', 'pipe_signature'),
  row(11, 'HARP_ERR_SIGNATURE_INVALID', 'downgrade'),
  row(12, 'HARP_ERR_CANONICALIZATION', 'profile'),
  row(13, 'HARP_ERR_UNSUPPORTED', 'algorithm'),
  row(14, 'HARP_ERR_SIGNATURE_INVALID', 'harp_signature'),
  row(15, 'HARP_ERR_REPLAY', 'request_mismatch'),
  row(16, 'HARP_ERR_HASH_MISMATCH', 'artifact_hash'),
  row(17, 'HARP_ERR_SIGNATURE_INVALID', 'field_mismatch'),
  row(18, 'HARP_ERR_SCOPE', 'repo_ref'),
  row(19, 'HARP_ERR_EXPIRED', 'decision_expired'),
  row(20, 'HARP_ERR_SCOPE', 'scope'),
  row(21, 'HARP_ERR_POLICY_DENY', 'local_policy'),
  row(22, 'HARP_ERR_REPLAY', 'replayed'),
  row(23, 'HARP_ERR_REPLAY', 'journal_unavailable'),
] as const satisfies readonly VerificationStep[];

/** Closed set of refusal reasons of table 17.1. */
export type RefusalReason = (typeof VERIFICATION_STEPS)[number]['reason'];
