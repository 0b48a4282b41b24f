import type { Verifier } from '@airlock/crypto';
import type { Turn } from '../machine/table.js';
import type { Access, EnforcerId, Outcome, PairingId, PersistId, Timed } from '../model/base.js';
import type { RecoveryHash } from '../model/durable.js';
import type { PairingStart } from '../model/events.js';
import type { GatewayCalls } from '../model/gateway-calls.js';
import type { PairingState } from '../model/pairing.js';

/** What a pairing machine hears. Inputs of an attempt name it; those of another attempt change nothing. */
export type PairingInput = Timed &
  (
    | { readonly type: 'start'; readonly start: PairingStart }
    | {
        readonly type: 'opened';
        readonly pairingId: PairingId;
        readonly outcome: Outcome<{
          readonly pairingNonce: string;
          readonly pairingCode: string;
          readonly expiresAt: number;
        }>;
      }
    | {
        readonly type: 'status';
        readonly pairingId: PairingId;
        readonly outcome: Outcome<GatewayCalls['pairingStatus']['response']>;
      }
    | { readonly type: 'recoveryVerified'; readonly pairingId: PairingId; readonly ok: boolean }
    | { readonly type: 'recoveryCreated'; readonly pairingId: PairingId; readonly hash: RecoveryHash | null }
    | { readonly type: 'confirm'; readonly pairingId: PairingId; readonly accept: boolean }
    | { readonly type: 'cancel'; readonly pairingId: PairingId }
    /** The old approver approved this key; the approval was consumed. */
    | { readonly type: 'approvedByOld'; readonly pairingId: PairingId; readonly publicKey: string }
    | { readonly type: 'saved'; readonly persistId: PersistId }
    | { readonly type: 'saveFailed'; readonly persistId: PersistId }
    | { readonly type: 'poll'; readonly pairingId: PairingId }
    | { readonly type: 'expiry'; readonly pairingId: PairingId }
    | { readonly type: 'saveDue'; readonly pairingId: PairingId }
    /** The other side took trust away: 403 `pairing_revoked` or `pairing.revoked` (ENF-160). */
    | { readonly type: 'revoke' }
    | { readonly type: 'unpair' }
    /** Sign-out or shutdown: an attempt ends, a pairing in force stays. */
    | { readonly type: 'abandon'; readonly reason: 'not_signed_in' | 'shutting_down' }
  );

/** What a pairing machine reads besides. */
export interface PairingContext {
  readonly access: Access | null;
  readonly requireVerifiedPairing: boolean;
  readonly verifier: Verifier;
}

/** What the auth machine must hear. */
export type PairingSignal =
  | { readonly kind: 'unauthorized'; readonly version: number }
  | {
      readonly kind: 'consent';
      readonly consent: 'Required' | 'Pending' | 'Denied';
      readonly consentUrl: string | null;
    };

/** One turn of a pairing machine. */
export type PairingTurn = Turn<PairingState, PairingSignal>;

/** Pairing in one state. */
export type PairingIn<Name extends PairingState['name']> = Extract<PairingState, { readonly name: Name }>;

/** Identity that a workspace gets when the engine meets it. */
export interface NewWorkspace {
  readonly workspaceId: string;
  readonly enforcerId: EnforcerId;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
}
