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
import type { AuthorizeAnswer, AuthorizeBody, EndpointAnswer, EndpointBody } from './authorize-api.js';
import type {
  ExplainAnswer,
  ExplainBody,
  PolicyAnswer,
  PolicyChangeBody,
  PolicyChangeEvent,
  RestrictionAnswer,
  RestrictionBody,
} from './policy-api.js';

/** What the daemon does for its own programs. Everything may reject with a `RuntimeError`, which becomes the answer. */
export interface DaemonService {
  status(): StatusAnswer;
  /** `signal` aborts when the caller has gone away. */
  signIn(body: SignInBody, signal: AbortSignal): AsyncIterable<SignInEvent>;
  signOut(): Promise<SignOutAnswer>;
  pair(body: PairBody, signal: AbortSignal): AsyncIterable<PairEvent>;
  confirmPairing(pairingId: string, accept: boolean): Promise<ConfirmAnswer>;
  unpair(workspace: string): Promise<UnpairAnswer>;
  request(body: RequestBody, signal: AbortSignal): AsyncIterable<RequestEvent>;
  claim(requestId: string): Promise<ClaimAnswer>;
  receipt(requestId: string): ReceiptAnswer;
  outcome(requestId: string, body: OutcomeBody): Promise<OutcomeAnswer>;
  withdraw(requestId: string, reason: string | undefined): Promise<WithdrawAnswer>;
  requests(): RequestsAnswer;
  decisions(): DecisionsAnswer;
  /** Loosening: the approver signs. `signal` aborts when the caller has gone away, and withdraws what is not decided. */
  changePolicy(body: PolicyChangeBody, signal: AbortSignal): AsyncIterable<PolicyChangeEvent>;
  /** Tightening: at once. */
  restrictPolicy(body: RestrictionBody): Promise<RestrictionAnswer>;
  showPolicy(workspace: string): PolicyAnswer;
  /** What would happen to an action before a human is asked; leaves no trace. */
  explainPolicy(body: ExplainBody): ExplainAnswer;
}

/** What stands behind the routes: the same, and what programs of others may ask. */
export interface SocketService extends DaemonService {
  /** Asks for a program of somebody else; `signal` aborts when it has gone away. */
  authorize(body: AuthorizeBody, signal: AbortSignal): Promise<AuthorizeAnswer>;
  /** Lets the same be asked on loopback TCP, or not any more. */
  endpoint(body: EndpointBody): Promise<EndpointAnswer>;
}
