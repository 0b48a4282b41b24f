import {
  type PairingClaimRequest,
  type PairingCompleteRequest,
  type PairingInitiateRequest,
  type PairingPreGenerateRequest,
  pairingClaimResponseSchema,
  pairingCompleteResponseSchema,
  pairingInitiateResponseSchema,
  pairingListSchema,
  pairingPreGenerateResponseSchema,
  pairingRejectResponseSchema,
  pairingResolutionSchema,
  pairingRevokeResponseSchema,
  pairingStatusBatchResponseSchema,
  pairingStatusSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { CREATE, DELETE, GET, POST, RESEND } from './methods.js';
import type { Plain } from './plain.js';

/** Pairing (section 9.1). What the gateway answers proves nothing: verify the response (PAIR-190). */
export type PairingArea = ReturnType<typeof pairingArea>;

export function pairingArea(caller: Caller) {
  return { ...enforcerSide(caller), ...approverSide(caller) };
}

function enforcerSide(caller: Caller) {
  return {
    /** `POST /v1/pairing/initiate` (E). */
    initiate: (request: Plain<PairingInitiateRequest>, options?: CallOptions) =>
      caller.call(
        { ...CREATE, path: '/v1/pairing/initiate', body: request, read: bodyOf(pairingInitiateResponseSchema) },
        options,
      ),
    /** `POST /v1/pairing/claim` (E). Send the gateway's six characters only, never the secret (PAIR-150). */
    claim: (request: Plain<PairingClaimRequest>, options?: CallOptions) =>
      caller.call(
        { ...POST, path: '/v1/pairing/claim', body: request, read: bodyOf(pairingClaimResponseSchema) },
        options,
      ),
    /** `GET /v1/pairing/{nonce}/status` (E). */
    status: (nonce: string, options?: CallOptions) =>
      caller.call({ ...GET, path: path`/v1/pairing/${nonce}/status`, read: bodyOf(pairingStatusSchema) }, options),
    /** `POST /v1/pairing/status-batch` (E): at most 50 nonces; unknown ones are left out of the answer. */
    statusBatch: (nonces: readonly string[], options?: CallOptions) =>
      caller.call(
        {
          ...RESEND,
          path: '/v1/pairing/status-batch',
          body: { nonces },
          read: bodyOf(pairingStatusBatchResponseSchema),
        },
        options,
      ),
    /** `POST /v1/pairing/revoke` (E); idempotent (PAIR-110). */
    revoke: (routingToken: string, options?: CallOptions) =>
      caller.call(
        { ...RESEND, path: '/v1/pairing/revoke', body: { routingToken }, read: bodyOf(pairingRevokeResponseSchema) },
        options,
      ),
  };
}

function approverSide(caller: Caller) {
  return {
    /** `POST /v1/pairing/pre-generate` (A). */
    preGenerate: (request: Plain<PairingPreGenerateRequest>, options?: CallOptions) =>
      caller.call(
        { ...CREATE, path: '/v1/pairing/pre-generate', body: request, read: bodyOf(pairingPreGenerateResponseSchema) },
        options,
      ),
    /** `GET /v1/pairing/resolve/{code}` (A); works with a pairing nonce too (PAIR-010). */
    resolve: (codeOrNonce: string, options?: CallOptions) =>
      caller.call(
        { ...GET, path: path`/v1/pairing/resolve/${codeOrNonce}`, read: bodyOf(pairingResolutionSchema) },
        options,
      ),
    /** `POST /v1/pairing/complete` (A). */
    complete: (request: Plain<PairingCompleteRequest>, options?: CallOptions) =>
      caller.call(
        { ...POST, path: '/v1/pairing/complete', body: request, read: bodyOf(pairingCompleteResponseSchema) },
        options,
      ),
    /** `POST /v1/pairing/reject` (A). */
    reject: (nonce: string, options?: CallOptions) =>
      caller.call(
        { ...POST, path: '/v1/pairing/reject', body: { nonce }, read: bodyOf(pairingRejectResponseSchema) },
        options,
      ),
    /** `GET /v1/pairings` (A). */
    list: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/pairings', read: bodyOf(pairingListSchema) }, options),
    /** `DELETE /v1/pairings/{pairingId}` (A). */
    remove: (pairingId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/pairings/${pairingId}` }, options),
  };
}
