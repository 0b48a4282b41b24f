import {
  type AppCreateRequest,
  type AppPatchRequest,
  appCreateResponseSchema,
  appItemSchema,
  appListSchema,
  appSecretSchema,
  type PatCreateRequest,
  patCreateResponseSchema,
  patListSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { CREATE, DELETE, GET, POST } from './methods.js';
import type { Plain } from './plain.js';

/** Personal access tokens (section 15.1). */
export type TokenArea = ReturnType<typeof tokenArea>;

export function tokenArea(caller: Caller) {
  return {
    /** `POST /v1/pats` (A): the one answer that holds the token (APPR-110). */
    create: (request: Plain<PatCreateRequest>, options?: CallOptions) =>
      caller.call({ ...CREATE, path: '/v1/pats', body: request, read: bodyOf(patCreateResponseSchema) }, options),
    /** `GET /v1/pats` (A). */
    list: (options?: CallOptions) => caller.call({ ...GET, path: '/v1/pats', read: bodyOf(patListSchema) }, options),
    /** `DELETE /v1/pats/{tokenId}` (A). */
    remove: (tokenId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/pats/${tokenId}` }, options),
  };
}

/** Registered third-party programmes (section 15.1). */
export type AppArea = ReturnType<typeof appArea>;

export function appArea(caller: Caller) {
  return {
    /** `POST /v1/apps` (A): the one answer that holds the secret (APPR-110). */
    create: (request: Plain<AppCreateRequest>, options?: CallOptions) =>
      caller.call({ ...CREATE, path: '/v1/apps', body: request, read: bodyOf(appCreateResponseSchema) }, options),
    /** `GET /v1/apps` (A). */
    list: (options?: CallOptions) => caller.call({ ...GET, path: '/v1/apps', read: bodyOf(appListSchema) }, options),
    /** `PATCH /v1/apps/{appId}` (A). */
    update: (appId: string, request: Plain<AppPatchRequest>, options?: CallOptions) =>
      caller.call(
        { ...GET, method: 'PATCH', path: path`/v1/apps/${appId}`, body: request, read: bodyOf(appItemSchema) },
        options,
      ),
    /** `POST /v1/apps/{appId}/rotate-secret` (A): the old secret dies. */
    rotateSecret: (appId: string, options?: CallOptions) =>
      caller.call(
        { ...POST, path: path`/v1/apps/${appId}/rotate-secret`, body: {}, read: bodyOf(appSecretSchema) },
        options,
      ),
    /** `DELETE /v1/apps/{appId}` (A): takes its consents and pairings along. */
    remove: (appId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/apps/${appId}` }, options),
  };
}
