import { consentDecideResponseSchema, consentListSchema, consentStatusSchema } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { GET, POST } from './methods.js';

/** Consent of the user to third-party apps (section 8). */
export type ConsentArea = ReturnType<typeof consentArea>;

export function consentArea(caller: Caller) {
  return {
    /** `GET /v1/consent/status` (E). Without consent: GatewayError `app_consent_*` with `consent` (ERR-020). */
    status: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/consent/status', read: bodyOf(consentStatusSchema) }, options),
    /** `GET /v1/consents/check` (E): the same handler. */
    check: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/consents/check', read: bodyOf(consentStatusSchema) }, options),
    /** `GET /v1/consents` (A). */
    list: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/consents', read: bodyOf(consentListSchema) }, options),
    /** `POST /v1/consents/{consentId}/decide` (A). */
    decide: (consentId: string, request: { readonly decision: 'allow' | 'deny' | 'revoke' }, options?: CallOptions) =>
      caller.call(
        {
          ...POST,
          path: path`/v1/consents/${consentId}/decide`,
          body: request,
          read: bodyOf(consentDecideResponseSchema),
        },
        options,
      ),
  };
}
