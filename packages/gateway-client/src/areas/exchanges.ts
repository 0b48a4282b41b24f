import {
  type AckSubmit,
  type ArtifactSubmit,
  ackAcceptedSchema,
  artifactAcceptedSchema,
  exchangeStatusSchema,
  exchangeWithdrawnSchema,
  refreshForwardedSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { type AwaitDecisionRequest, awaitDecision, type WaitRequest, type WaitResult, wait } from '../wait.js';
import { GET, POST, RESEND } from './methods.js';
import type { Plain } from './plain.js';

/** Artifacts, exchanges and acknowledgements (sections 11 to 13). */
export type ExchangeArea = ReturnType<typeof exchangeArea>;

export function exchangeArea(caller: Caller) {
  return {
    /** `POST /v1/artifacts` (E). The same envelope may be sent again (ART-110, ART-170). */
    submit: (envelope: Plain<ArtifactSubmit>, options?: CallOptions) =>
      caller.call(
        { ...RESEND, path: '/v1/artifacts', body: envelope, status: 202, read: bodyOf(artifactAcceptedSchema) },
        options,
      ),
    /** `GET /v1/exchanges/{requestId}` (E or A). The state proves nothing; only a verified decision does. */
    get: (requestId: string, options?: CallOptions) =>
      caller.call({ ...GET, path: path`/v1/exchanges/${requestId}`, read: bodyOf(exchangeStatusSchema) }, options),
    /** `GET /v1/exchanges/{requestId}/wait` (E), once. */
    wait: (request: WaitRequest, options?: CallOptions): Promise<WaitResult> => wait(caller, request, options),
    /**
     * Waits until a decision arrives (its text, to be verified) or the time is up (`undefined`: deny and withdraw).
     * A text that does not verify is a denial: never wait for a better one (ENF-020).
     */
    awaitDecision: (request: AwaitDecisionRequest, options?: CallOptions): Promise<string | undefined> =>
      awaitDecision(caller, request, options),
    /** `POST /v1/exchanges/{requestId}/withdraw` (E). 409 `already_resolved` names the state. */
    withdraw: (requestId: string, options?: CallOptions) =>
      caller.call(
        { ...RESEND, path: path`/v1/exchanges/${requestId}/withdraw`, read: bodyOf(exchangeWithdrawnSchema) },
        options,
      ),
    /** `POST /v1/requests/{requestId}/refresh` (A): asks the enforcer to submit again (EXCH-130). */
    refresh: (requestId: string, enforcerDeviceId: string, options?: CallOptions) =>
      caller.call(
        {
          ...POST,
          path: path`/v1/requests/${requestId}/refresh`,
          query: { enforcerDeviceId },
          body: {},
          read: bodyOf(refreshForwardedSchema),
        },
        options,
      ),
    /** `POST /v1/acks` (E or A). Fire and forget: never make anything wait for it (ACK-050). */
    acknowledge: (envelope: Plain<AckSubmit>, options?: CallOptions) =>
      caller.call({ ...RESEND, path: '/v1/acks', body: envelope, read: bodyOf(ackAcceptedSchema) }, options),
  };
}
