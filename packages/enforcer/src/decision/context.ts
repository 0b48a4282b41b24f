import type { EpochMs, Hex64, MonoMs, RequestId } from '../model/base.js';
import type { ReportedState } from '../model/exchange.js';

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
  /** The one active key of this pairing (ENF-040); `publicKey` is raw 32 bytes in base64url. */
  readonly signer: { readonly signerKeyId: string; readonly publicKey: string };
  readonly pairingActive: boolean;
  /** ENF-030: announced at pairing, or configured. */
  readonly requireHarpDecision: boolean;
  readonly locallyDenied: boolean;
}
