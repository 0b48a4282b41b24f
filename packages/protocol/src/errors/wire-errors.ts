/** Status and retryability of one error code (table 5.1). */
export interface WireErrorRow {
  readonly status: number;
  readonly retryable: boolean;
}

const once = (status: number) => ({ status, retryable: false }) as const;
const again = (status: number) => ({ status, retryable: true }) as const;

/** Table 5.1: every error code the gateway may emit, with its HTTP status (ERR-030). */
export const WIRE_ERRORS = {
  invalid_json: once(400),
  invalid_request: once(400),
  unauthorized: once(401),
  invalid_client: once(401),
  forbidden: once(403),
  pairing_revoked: once(403),
  workspace_limit_exceeded: once(403),
  app_consent_required: once(403),
  app_consent_pending: once(403),
  app_consent_denied: once(403),
  NotFound: once(404),
  pairing_code_invalid: once(404),
  method_not_allowed: once(405),
  payload_too_large: once(413),
  unsupported_media_type: once(415),
  AlreadyExistsConflict: once(409),
  AlreadyDecidedConflict: once(409),
  already_resolved: once(409),
  pairing_already_completed: once(409),
  no_approver: once(422),
  artifact_expired: once(422),
  HARP_ERR_HASH_MISMATCH: once(422),
  HARP_ERR_SIGNATURE_INVALID: once(422),
  HARP_ERR_UNSUPPORTED: once(422),
  unsupported_version: once(426),
  rate_limited: again(429),
  quota_exceeded: again(429),
  internal_error: again(500),
  unavailable: again(503),
  enforcer_offline: again(503),
} as const satisfies Record<string, WireErrorRow>;

/** A code of table 5.1. */
export type WireCode = keyof typeof WIRE_ERRORS;

/** The three consent refusals, which travel in the flat form (ERR-020). */
export const CONSENT_CODES = [
  'app_consent_required',
  'app_consent_pending',
  'app_consent_denied',
] as const satisfies readonly WireCode[];

/** A code of {@link CONSENT_CODES}. */
export type ConsentCode = (typeof CONSENT_CODES)[number];

/** Tells whether `code` is one of table 5.1. */
export function isWireCode(code: unknown): code is WireCode {
  return typeof code === 'string' && Object.hasOwn(WIRE_ERRORS, code);
}

/** Tells whether `code` is a consent refusal (ERR-020). */
export function isConsentCode(code: unknown): code is ConsentCode {
  return CONSENT_CODES.some((known) => known === code);
}
