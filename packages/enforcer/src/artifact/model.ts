import type { Verifier } from '@airlock/crypto';
import type { DecisionVerifier } from '../decision/verify.js';
import type { Turn } from '../machine/table.js';
import type { Consent } from '../model/auth.js';
import type { Access, Hex64, Outcome, RequestId, Timed } from '../model/base.js';
import type { DenyCode } from '../model/codes.js';
import type { Exchange } from '../model/exchange.js';
import type { GatewayCalls } from '../model/gateway-calls.js';

/** What an artifact machine hears. */
export type ArtifactInput = Timed &
  /** The gate is open: a usable credential and a pairing in force. */
  (
    | { readonly type: 'access' }
    | { readonly type: 'submitted'; readonly outcome: Outcome<GatewayCalls['submitArtifact']['response']> }
    | { readonly type: 'waited'; readonly outcome: Outcome<GatewayCalls['wait']['response']> }
    /** A decision that came over a channel. */
    | { readonly type: 'delivered'; readonly text: string }
    | { readonly type: 'recorded' }
    | { readonly type: 'replayed' }
    | { readonly type: 'unavailable' }
    | { readonly type: 'resubmit' }
    | { readonly type: 'pause-over' }
    | { readonly type: 'deadline' }
    | { readonly type: 'claim-expiry' }
    | { readonly type: 'claim' }
    | {
        readonly type: 'outcome';
        readonly outcome: 'succeeded' | 'failed' | 'unknown';
        readonly detail: string | null;
      }
    | { readonly type: 'withdraw'; readonly code: 'withdrawn' | 'shutting_down' }
    | { readonly type: 'deny'; readonly reason: string }
    | { readonly type: 'fail'; readonly code: DenyCode }
  );

/** What an artifact machine reads besides. */
export interface ArtifactContext {
  /** The credential to call with; null while there is none. */
  readonly access: Access | null;
  /** The pairing that the artifact was sealed for is in force (ENF-040). */
  readonly pairingActive: boolean;
  readonly requireHarpDecision: boolean;
  readonly verifyDecision: DecisionVerifier;
  readonly verifier: Verifier;
}

/** What the other machines must hear. */
export type ArtifactSignal =
  /** The gateway refused the credential of this version. */
  | { readonly kind: 'unauthorized'; readonly version: number }
  | { readonly kind: 'pairing-revoked' }
  | {
      readonly kind: 'consent';
      readonly consent: Exclude<Consent, 'Unknown' | 'Allowed'>;
      readonly consentUrl: string | null;
    }
  /** The decision is on record and may be acknowledged (ACK-010). */
  | { readonly kind: 'recorded'; readonly requestId: RequestId; readonly msgId: string | null }
  | { readonly kind: 'human-rejected'; readonly contentSha256: Hex64 };

/** One turn of an artifact machine. */
export type ArtifactTurn = Turn<Exchange, ArtifactSignal>;

/** An exchange in one state. */
export type In<Name extends Exchange['name']> = Extract<Exchange, { readonly name: Name }>;

/** States in which a decision could still be accepted or an approval used. */
export type LiveExchange = In<'Created'> | In<'Submitting'> | In<'AwaitingDecision'> | In<'Approved'>;

/** States in which nothing can be executed any more. */
export type EndedExchange = In<'Denied'> | In<'Expired'> | In<'Withdrawn'> | In<'Failed'>;
