import type {
  ClaimAnswer,
  ConfirmAnswer,
  DecisionsAnswer,
  OutcomeAnswer,
  OutcomeBody,
  PairBody,
  PairEvent,
  ReceiptAnswer,
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
import type { EndpointAnswer, EndpointBody } from './authorize-api.js';
import type {
  ExplainAnswer,
  ExplainBody,
  PolicyAnswer,
  PolicyChangeBody,
  PolicyChangeEvent,
  RestrictionAnswer,
  RestrictionBody,
} from './policy-api.js';

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
  /**
   * What proves the human's approval of a git action, from the decision until its outcome is told; `no_receipt` where nobody
   * was asked.
   */
  receipt(requestId: string, options?: CallOptions): Promise<ReceiptAnswer>;
  outcome(requestId: string, body: OutcomeBody, options?: CallOptions): Promise<OutcomeAnswer>;
  withdraw(requestId: string, reason?: string, options?: CallOptions): Promise<WithdrawAnswer>;
  requests(options?: CallOptions): Promise<RequestsAnswer>;
  /** What was decided lately. */
  decisions(options?: CallOptions): Promise<DecisionsAnswer>;
  /** Lets programs of others ask on loopback TCP, or not any more. */
  endpoint(body: EndpointBody, options?: CallOptions): Promise<EndpointAnswer>;
  /** Asks the approver to sign a loosening; `submitted`, then `applied` or `refused`. Leaving the loop withdraws it. */
  changePolicy(body: PolicyChangeBody, options?: CallOptions): AsyncIterable<PolicyChangeEvent>;
  /** Tightens at once. */
  restrictPolicy(body: RestrictionBody, options?: CallOptions): Promise<RestrictionAnswer>;
  showPolicy(workspace: string, options?: CallOptions): Promise<PolicyAnswer>;
  /** What would happen to an action before a human is asked; asks nobody. */
  explainPolicy(body: ExplainBody, options?: CallOptions): Promise<ExplainAnswer>;
}
