/** Epoch milliseconds on the wall clock. */
export type EpochMs = number;
/** Milliseconds on a clock that never jumps; only differences mean something. */
export type MonoMs = number;
/** Bytes as base64url text without padding: state is plain data that can be frozen, compared and stored. */
export type Base64UrlText = string;
/** 64 lower-case hexadecimal digits. */
export type Hex64 = string;
/** `req-<uuid>`. */
export type RequestId = string;
/** Real path (or other stable name) of a workspace, compared exactly (ID-150). */
export type WorkspaceId = string;
/** `enf-<uuid>`, one per workspace (ID-110). */
export type EnforcerId = string;
/** Local name of one pairing attempt, made by the runtime. */
export type PairingId = string;
/** Correlates a gateway effect with its one answer; opaque, unique among the calls under way. */
export type CallId = string;
/** Correlates a `persist` effect with its one answer. */
export type PersistId = string;
/** Names a timer; setting it again replaces it. */
export type TimerId = string;

/** When an event happened, on both clocks. Every event has it. */
export interface Timed {
  readonly at: EpochMs;
  readonly mono: MonoMs;
}

/** A registered third-party programme (AUTH-050). */
export interface AppCredential {
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** What authenticates a gateway call. `version` grows with every refresh. */
export type UserCredential =
  | { readonly kind: 'pat'; readonly pat: string; readonly version: number }
  | { readonly kind: 'oidc'; readonly accessToken: string; readonly version: number };

/** A complete snapshot of where a call goes and as whom, so that an effect never depends on later state. */
export interface Access {
  readonly gatewayUrl: string;
  readonly user: UserCredential;
  readonly app?: AppCredential;
}

/**
 * Why a gateway call gave no usable answer.
 * `unreachable`: no HTTP answer at all. `rejected`: any error answer that is not 401 or 403, 5xx and 429 included.
 * `malformed`: an answer outside the contract. `aborted`: the runtime ended the call on `gateway.cancel` or shutdown.
 */
export type FailureKind = 'unreachable' | 'unauthorized' | 'forbidden' | 'rejected' | 'malformed' | 'aborted';

/** A classified failure; the gateway client's error carries the same members. */
export interface GatewayFailure {
  readonly kind: FailureKind;
  /** A wire code of table 5.1, an OAuth error or a code of the gateway client. */
  readonly code: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Where the user consents (ERR-020). */
  readonly consentUrl?: string;
  /** False when not one byte of the request left this machine; absent means unknown, read as sent. */
  readonly sent?: boolean;
}

/** Answer of a gateway call. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: GatewayFailure };
