import type { ArtifactSubmit, Assurance } from '@airlock/protocol';
import type { AckState } from './ack.js';
import type { EnforcerId, EpochMs, Hex64, MonoMs, RequestId, WorkspaceId } from './base.js';
import type { DenyCode } from './codes.js';
import type { DecidedOutcome } from './progress.js';

/** What never changes about a request. */
export interface ExchangeFacts {
  readonly requestId: RequestId;
  readonly workspaceId: WorkspaceId;
  readonly enforcerId: EnforcerId;
  readonly sessionId: string | null;
  readonly kind: string;
  readonly artifactHash: Hex64;
  readonly contentSha256: Hex64;
  readonly repoRef: string;
  /** Expiry of the artifact. */
  readonly expiresAt: EpochMs;
  /** The same instant on the clock that nobody can set. */
  readonly expiresMono: MonoMs;
  /** When waiting for the human ends; not after `expiresMono`. */
  readonly deadlineMono: MonoMs;
  readonly ackMsgId: string;
  /** `publicKey` that a `policy.change` document names in `approverKey`, else null. */
  readonly namesApproverKey: string | null;
  /** The key that alone may decide: that of the pairing the artifact was sealed for (ENF-040). */
  readonly signer: {
    readonly signerKeyId: string;
    readonly publicKey: string;
    readonly assurance: Assurance;
    readonly capabilities: readonly string[];
    readonly routingToken: string;
    readonly gatewayUrl: string;
  };
}

/** A decision that passed steps 1 to 21 of table 17.1. */
export interface VerifiedDecision {
  readonly decision: 'approve' | 'reject';
  readonly nonce: string;
  /** Expiry of the canonical decision; null without one. */
  readonly decisionExpiresAt: EpochMs | null;
  readonly reason: string | null;
  /** `msgId` of the envelope, for the ack; null when it has none. */
  readonly msgId: string | null;
  /** The message as it was delivered; of approvals only. Policy documents and receipts are kept with it (LOC-080). */
  readonly evidence?: string;
}

/** What became of a decided request, for the log and for late answers. */
export interface Ending {
  readonly outcome: DecidedOutcome;
  readonly code: DenyCode | null;
}

/** A withdrawal under way. Best effort: the local answer never waits for it. */
export interface Withdrawal {
  readonly attempts: number;
  readonly inFlight: boolean;
}

interface Common {
  readonly facts: ExchangeFacts;
  readonly ack: AckState;
  readonly withdrawal: Withdrawal | null;
  /** Whether the first byte of the artifact may have left. */
  readonly submissionBegan: boolean;
}

/** How far a submission got. `access`: the credential was refused and a new one is awaited (ART-170). */
export type SubmitStage =
  | {
      readonly kind: 'calling';
      readonly version: number;
      /** Whether the submission had begun before this attempt. */
      readonly beganBefore: boolean;
    }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'access'; readonly version: number };

/** How far waiting got. */
export type WaitStage =
  | { readonly kind: 'calling'; readonly version: number; readonly sinceMono: MonoMs; readonly timeoutSeconds: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'access'; readonly version: number }
  /** A verified decision is being recorded; the first one wins. */
  | { readonly kind: 'recording'; readonly decision: VerifiedDecision };

interface Ended<Name extends string> {
  readonly name: Name;
  readonly ending: Ending;
  /** A verified rejection that is being recorded; null otherwise. */
  readonly decision: VerifiedDecision | null;
}

/** States of the artifact machine (ENF-080). */
export type Exchange = Common &
  (
    | { readonly name: 'Created'; readonly envelope: ArtifactSubmit }
    | {
        readonly name: 'Submitting';
        readonly envelope: ArtifactSubmit;
        readonly stage: SubmitStage;
        readonly failures: number;
        readonly refreshed: boolean;
      }
    | {
        readonly name: 'AwaitingDecision';
        readonly stage: WaitStage;
        readonly failures: number;
        readonly refreshed: boolean;
      }
    | {
        readonly name: 'Approved';
        readonly decision: VerifiedDecision;
        /** Until when it may be claimed, on both clocks. */
        readonly claimBefore: EpochMs;
        readonly claimBeforeMono: MonoMs;
      }
    | Ended<'Denied'>
    | Ended<'Expired'>
    | Ended<'Withdrawn'>
    | Ended<'Failed'>
    | {
        readonly name: 'Executed';
        readonly decision: VerifiedDecision;
        /** What the executor reported; null until it did. */
        readonly result: 'succeeded' | 'failed' | 'unknown' | null;
      }
  );

/** Name of an artifact state. */
export type ExchangeName = Exchange['name'];

/** State of ENF-080 that a peer or a user sees. */
export type ReportedState = 'CREATED' | 'AWAITING_DECISION' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'EXECUTED';
