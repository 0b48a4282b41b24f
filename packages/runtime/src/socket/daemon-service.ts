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

/** What stands behind the routes. Everything may reject with a `RuntimeError`, which becomes the answer. */
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
  outcome(requestId: string, body: OutcomeBody): Promise<OutcomeAnswer>;
  withdraw(requestId: string, reason: string | undefined): Promise<WithdrawAnswer>;
  requests(): RequestsAnswer;
}
