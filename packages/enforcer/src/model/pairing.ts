import type { CallId, EpochMs, MonoMs, PairingId, PersistId } from './base.js';
import type { PairingRecord, RecoveryHash, Standing } from './durable.js';

/** What a running attempt must know; gone from the state once the keys are derived (CRYP-080). */
export interface PairingSession {
  readonly pairingId: PairingId;
  readonly pairingNonce: string;
  readonly gatewayUrl: string;
  readonly deviceId: string;
  readonly x25519PrivateKey: string;
  readonly x25519PublicKey: string;
  readonly secrets: readonly string[];
  readonly unattended: boolean;
  /** The user proved the recovery code for this attempt. */
  readonly recovered: boolean;
  readonly expiresAt: EpochMs;
  readonly expiresMono: MonoMs;
  readonly statusCall: CallId | null;
}

/** Before the gateway answered: recovery code being checked, or the opening call under way. */
export interface OpeningSession extends Omit<PairingSession, 'pairingNonce' | 'statusCall'> {
  readonly stage: 'verifying-recovery-code' | 'calling';
  /** The code to claim; null when this side initiates. */
  readonly claimCode: string | null;
}

/** A response that passed PAIR-190: what would be stored. */
export interface Candidate {
  readonly pairingId: PairingId;
  readonly record: PairingRecord;
  readonly fingerprint: string;
  readonly recovered: boolean;
  /** The recovery code or the old approver stands behind it (PAIR-260). */
  readonly authorised: boolean;
  /** The human confirmed it at the terminal (PAIR-210). */
  readonly confirmed: boolean;
  readonly expiresMono: MonoMs;
}

/** What an accepted response still waits for. */
export type ConfirmStage =
  /** The human at the terminal (PAIR-210). */
  | { readonly kind: 'terminal' }
  /** The pinned approver's approval (PAIR-260). */
  | { readonly kind: 'old-approver' }
  /** A recovery code being made (PAIR-265). */
  | { readonly kind: 'recovery-code' }
  | {
      readonly kind: 'saving';
      readonly persistId: PersistId;
      readonly attempt: number;
      readonly next: Standing;
      readonly newRecovery: RecoveryHash | null;
    };

/**
 * States of the pairing machine of one workspace. `standing` is what holds whatever an attempt does: a pairing in force
 * stays in force until another one is stored.
 */
export type PairingState = { readonly standing: Standing } & (
  | { readonly name: 'Unpaired' }
  | { readonly name: 'Initiated'; readonly session: OpeningSession | PairingSession }
  | { readonly name: 'Claimed'; readonly session: OpeningSession | PairingSession }
  | {
      readonly name: 'AwaitingConfirm';
      readonly candidate: Candidate;
      readonly stage: ConfirmStage;
    }
  | { readonly name: 'Paired' }
  | { readonly name: 'Revoked' }
  | { readonly name: 'Expired'; readonly pairingId: PairingId }
);

/** Name of a pairing state. */
export type PairingStateName = PairingState['name'];
