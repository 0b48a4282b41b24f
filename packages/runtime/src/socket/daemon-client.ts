import type {
  ClaimAnswer,
  ConfirmAnswer,
  OutcomeAnswer,
  OutcomeBody,
  PairBody,
  PairEvent,
  RequestBody,
  RequestEvent,
  RequestsAnswer,
  SignInBody,
  SignInEvent,
  SignOutAnswer,
  StatusAnswer,
  UnpairAnswer,
  WithdrawAnswer,
} from './api.js';

export interface CallOptions {
  /** Aborting a stream closes its connection; an open request is withdrawn by that. */
  readonly signal?: AbortSignal;
}

/**
 * The daemon as adapters and commands see it. Every method rejects with `RuntimeError`; streams end after their final
 * event, and a stream that breaks off before it rejects with `bad_answer`.
 */
export interface DaemonClient {
  status(options?: CallOptions): Promise<StatusAnswer>;
  signIn(body: SignInBody, options?: CallOptions): AsyncIterable<SignInEvent>;
  signOut(options?: CallOptions): Promise<SignOutAnswer>;
  pair(body: PairBody, options?: CallOptions): AsyncIterable<PairEvent>;
  confirmPairing(pairingId: string, accept: boolean, options?: CallOptions): Promise<ConfirmAnswer>;
  unpair(workspace: string, options?: CallOptions): Promise<UnpairAnswer>;
  /** `submitted`, then `decided`. Leaving the loop before `decided` withdraws the request. */
  request(body: RequestBody, options?: CallOptions): AsyncIterable<RequestEvent>;
  /** To be called right before execution, once; only `granted: true` permits it. */
  claim(requestId: string, options?: CallOptions): Promise<ClaimAnswer>;
  outcome(requestId: string, body: OutcomeBody, options?: CallOptions): Promise<OutcomeAnswer>;
  withdraw(requestId: string, reason?: string, options?: CallOptions): Promise<WithdrawAnswer>;
  requests(options?: CallOptions): Promise<RequestsAnswer>;
}
