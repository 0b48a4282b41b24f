import type { Verifier } from '@airlock/crypto';
import type { HarpCode } from '@airlock/protocol';
import type { EpochMs, Hex64, MonoMs, RequestId } from '../model/base.js';
import type { ReportedState, VerifiedDecision } from '../model/exchange.js';

/** Everything the checks of table 17.1 compare a delivered decision with. None of it comes from the gateway. */
export interface DecisionContext {
  readonly requestId: RequestId;
  readonly artifactHash: Hex64;
  readonly repoRef: string;
  readonly state: ReportedState;
  readonly expiresAt: EpochMs;
  readonly expiresMono: MonoMs;
  readonly at: EpochMs;
  readonly mono: MonoMs;
  readonly signer: { readonly signerKeyId: string; readonly publicKey: string };
  readonly pairingActive: boolean;
  /** ENF-030: announced at pairing, or configured. */
  readonly requireHarpDecision: boolean;
  readonly locallyDenied: boolean;
}

/** Reason column of table 17.1. */
export type RefusalReason =
  | 'bad_message'
  | 'request_mismatch'
  | 'not_awaiting'
  | 'artifact_expired'
  | 'decision_value'
  | 'unsigned'
  | 'artifact_hash'
  | 'unknown_key'
  | 'revoked_key'
  | 'pipe_signature'
  | 'downgrade'
  | 'profile'
  | 'algorithm'
  | 'harp_signature'
  | 'field_mismatch'
  | 'repo_ref'
  | 'decision_expired'
  | 'scope'
  | 'local_policy'
  | 'replayed'
  | 'journal_unavailable';

/** Result of steps 1 to 21. */
export type DecisionResult =
  | { readonly ok: true; readonly decision: VerifiedDecision }
  | {
      readonly ok: false;
      /** 1 to 21. */
      readonly step: number;
      readonly code: HarpCode;
      readonly reason: RefusalReason;
      /** True when the message, trusted or not, says `reject` (ENF-060). */
      readonly saysReject: boolean;
    };

/** Checks a delivered envelope in the order of table 17.1 and stops at the first failure (ENF-020). */
export function verifyDecision(context: DecisionContext, envelopeText: string, verifier: Verifier): DecisionResult {
  throw new TypeError(`not written: ${context.requestId} ${envelopeText.length} ${typeof verifier}`);
}
