import type { EpochMs, PairingId, RequestId, WorkspaceId } from './base.js';

/** What the hash-chained log records (ENF-190), without plaintext and without secrets. */
export const AUDIT_KINDS = [
  'ack.gave-up',
  'auth.consent',
  'auth.expired',
  'auth.refreshed',
  'auth.signed-in',
  'auth.signed-out',
  'decision.contradiction',
  'decision.ignored',
  'decision.refused',
  'decision.verified',
  'engine.fault',
  'engine.started',
  'engine.stopped',
  'execution.granted',
  'execution.outcome',
  'execution.refused',
  'pairing.completed',
  'pairing.expired',
  'pairing.key-replaced',
  'pairing.refused',
  'pairing.revoked',
  'pairing.started',
  'pairing.unpaired',
  'recovery.created',
  'recovery.refused',
  'recovery.used',
  'request.decided',
  'request.discarded-at-start',
  'request.opened',
  'request.refused',
  'request.submitted',
] as const;

/** One of {@link AUDIT_KINDS}. */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** One entry; members beside `kind` and `at` are there where they apply. */
export interface AuditEntry {
  readonly kind: AuditKind;
  readonly at: EpochMs;
  readonly requestId?: RequestId;
  readonly workspaceId?: WorkspaceId;
  readonly pairingId?: PairingId;
  readonly artifactHash?: string;
  readonly contentSha256?: string;
  readonly signerKeyId?: string;
  readonly assurance?: string;
  readonly decision?: string;
  readonly nonce?: string;
  readonly verdict?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly step?: number;
}
