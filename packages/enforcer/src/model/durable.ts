import type { Assurance } from '@airlock/protocol';
import type { AppCredential, EnforcerId, EpochMs, Hex64, RequestId, WorkspaceId } from './base.js';
import type { IdentityProvider } from './gateway-calls.js';

/** How a stored credential looks. Secret as a whole. */
export type StoredCredential =
  | { readonly kind: 'pat'; readonly pat: string }
  | {
      readonly kind: 'oidc';
      readonly idp: IdentityProvider;
      readonly accessToken: string;
      readonly refreshToken: string;
      readonly expiresAt: EpochMs;
    };

/** Sign-in that survives a restart. */
export interface DurableAuth {
  readonly gatewayUrl: string;
  readonly credential: StoredCredential;
  readonly app?: AppCredential;
}

/** One completed pairing (PAIR-260). `routingToken` and `pairingKey` are secret. */
export interface PairingRecord {
  readonly gatewayUrl: string;
  readonly routingToken: string;
  /** 32 bytes, base64url. */
  readonly pairingKey: string;
  readonly signerKeyId: string;
  /** The approver's Ed25519 key, raw 32 bytes, base64url. */
  readonly publicKey: string;
  readonly capabilities: readonly string[];
  readonly assurance: Assurance;
  readonly approverDeviceId: string;
  readonly safetyNumber: string;
  readonly pairedAt: EpochMs;
}

/** The approver key this workspace trusts; survives unpairing, sign-out, revocation and a stop. */
export interface Pin {
  readonly publicKey: string;
  readonly signerKeyId: string;
  readonly assurance: Assurance;
  readonly pinnedAt: EpochMs;
}

/** Salted slow hash of the recovery code as `hashRecoveryCode` writes it, opaque to the engine (PAIR-265). */
export type RecoveryHash = string;

/** A key that was trusted once (PAIR-260). */
export interface RevokedKey {
  readonly signerKeyId: string;
  readonly publicKey: string;
  readonly revokedAt: EpochMs;
}

/** What a workspace is, independent of any pairing attempt under way. */
export interface Standing {
  readonly workspaceId: WorkspaceId;
  readonly enforcerId: EnforcerId;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  /** The pairing in force. */
  readonly active: PairingRecord | null;
  /** True when the last pairing was revoked from the other side (ENF-160). */
  readonly revoked: boolean;
  readonly pin: Pin | null;
  readonly recovery: RecoveryHash | null;
  readonly recoveryUsedAt: EpochMs | null;
  readonly revokedKeys: readonly RevokedKey[];
}

/** A request that was open when it was stored; withdrawn and never resumed at the next start (ENF-130). */
export interface OpenRequest {
  readonly requestId: RequestId;
  readonly workspaceId: WorkspaceId;
}

/** A human's verified rejection, for the repeat limit (ENF-135). */
export interface Rejection {
  readonly contentSha256: Hex64;
  readonly at: EpochMs;
}

/** Everything the engine wants back after a restart. */
export interface DurableState {
  readonly auth: DurableAuth | null;
  readonly workspaces: readonly Standing[];
  readonly openRequests: readonly OpenRequest[];
  readonly rejections: readonly Rejection[];
}

/** One atomic, durable replacement of a part of {@link DurableState}. */
export type DurableRecord =
  | { readonly kind: 'auth'; readonly value: DurableAuth | null }
  | { readonly kind: 'workspace'; readonly workspaceId: WorkspaceId; readonly value: Standing }
  | { readonly kind: 'open-requests'; readonly value: readonly OpenRequest[] }
  | { readonly kind: 'rejections'; readonly value: readonly Rejection[] };

/** Entry of the single-use journal without its chain member (ENF-100). Times are RFC 3339. */
export interface JournalEntry {
  readonly requestId: RequestId;
  readonly artifactHash: Hex64;
  readonly nonce: string;
  readonly signerKeyId: string;
  readonly decision: 'approve' | 'reject';
  readonly decidedAt: string;
  readonly expiresAt: string;
}
