import { AirlockError } from '@airlock/protocol';

/**
 * What a failed call means to its caller.
 * `unreachable`: no HTTP answer at all. `unauthorized`: 401. `forbidden`: 403, consent refusals among them.
 * `rejected`: any other error answer, 5xx and 429 included. `malformed`: an answer that is not of the contract.
 * `aborted`: the caller's signal.
 */
export type FailureKind = 'unreachable' | 'unauthorized' | 'forbidden' | 'rejected' | 'malformed' | 'aborted';

/** Codes of failures that the gateway did not name. */
export const CLIENT_CODES = [
  'insecure_gateway_url',
  'gateway_unreachable',
  'gateway_timeout',
  'response_cut_off',
  'malformed_response',
  'response_too_large',
  'redirect_refused',
  'unexpected_status',
  'invalid_identifier',
  'invalid_verification_uri',
  'aborted',
] as const;

/** One of {@link CLIENT_CODES}. */
export type ClientCode = (typeof CLIENT_CODES)[number];

/** Where the user can give the consent that a 403 asks for (ERR-020). */
export interface ConsentData {
  readonly consentUrl?: string;
  readonly appName?: string;
  readonly appId?: string;
}

/** Everything a {@link GatewayError} carries. */
export interface GatewayErrorFields {
  readonly kind: FailureKind;
  /** A wire code of table 5.1, an OAuth error, or a {@link ClientCode}. */
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly consent?: ConsentData;
  /** Exchange state that an `already_resolved` names. */
  readonly state?: string;
  /** False when not one byte of the request left this machine; absent means unknown. */
  readonly sent?: boolean;
  readonly cause?: unknown;
}

/** The one error every call of this package throws. The message never contains a credential. */
export class GatewayError extends AirlockError<string> {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly consent: ConsentData | undefined;
  readonly state: string | undefined;
  readonly sent: boolean | undefined;

  constructor(fields: GatewayErrorFields) {
    super(fields.code, fields.message, { cause: fields.cause });
    this.kind = fields.kind;
    this.status = fields.status;
    this.retryable = fields.retryable;
    this.retryAfterMs = fields.retryAfterMs;
    this.consent = fields.consent;
    this.state = fields.state;
    this.sent = fields.sent;
  }
}
