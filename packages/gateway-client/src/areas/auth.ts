import {
  devicePendingSchema,
  deviceStartSchema,
  deviceTokenResponseSchema,
  deviceVerifyResponseSchema,
  signedOutSchema,
  tokenResponseSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { checkVerificationUris } from '../oidc/verification-uri.js';
import { GET, POST } from './methods.js';

/** Sign-in and tokens relative to the gateway (section 7.4). For an identity provider see `createOidcClient`. */
export type AuthArea = ReturnType<typeof authArea>;

export function authArea(caller: Caller) {
  const open = { ...POST, authenticated: false } as const;
  const refresh = (route: string, refreshToken: string, options?: CallOptions) =>
    caller.call({ ...open, path: route, body: { refreshToken }, read: bodyOf(tokenResponseSchema) }, options);
  return {
    /**
     * `POST /v1/auth/device`.
     * @throws GatewayError `invalid_verification_uri` when the gateway names a page that must not be opened (AUTH-210)
     */
    startDevice: async (options?: CallOptions) => {
      const read = bodyOf(deviceStartSchema);
      const start = await caller.call({ ...open, path: '/v1/auth/device', body: {}, read }, options);
      checkVerificationUris(start.verificationUri, start.verificationUriComplete);
      return start;
    },
    /** `POST /v1/auth/device/token`: once per interval; `slow_down` raises the interval by 5 s (AUTH-170). */
    pollDevice: (deviceCode: string, options?: CallOptions) =>
      caller.call(
        { ...open, path: '/v1/auth/device/token', body: { deviceCode }, read: bodyOf(deviceTokenResponseSchema) },
        options,
      ),
    /** `POST /v1/auth/refresh`. Save the new token before using it; never run two at once (AUTH-120). */
    refresh: (refreshToken: string, options?: CallOptions) => refresh('/v1/auth/refresh', refreshToken, options),
    /** `POST /v1/auth/enforcer/refresh`: the same for the same tokens (AUTH-180). */
    refreshEnforcer: (refreshToken: string, options?: CallOptions) =>
      refresh('/v1/auth/enforcer/refresh', refreshToken, options),
    /** `POST /v1/auth/logout`; succeeds for unknown tokens too. */
    logout: (refreshToken: string, options?: CallOptions) =>
      caller.call(
        { ...open, path: '/v1/auth/logout', body: { refreshToken }, read: bodyOf(signedOutSchema), repeatable: true },
        options,
      ),
    /** `GET /v1/auth/device/pending/{userCode}` (A): what asks for access. */
    pendingDevice: (userCode: string, options?: CallOptions) =>
      caller.call(
        { ...GET, path: path`/v1/auth/device/pending/${userCode}`, read: bodyOf(devicePendingSchema) },
        options,
      ),
    /** `POST /v1/auth/device/verify` (A). Show what {@link AuthArea.pendingDevice} says first (AUTH-210). */
    verifyDevice: (
      request: { readonly userCode: string; readonly decision: 'allow' | 'deny' },
      options?: CallOptions,
    ) =>
      caller.call(
        { ...POST, path: '/v1/auth/device/verify', body: request, read: bodyOf(deviceVerifyResponseSchema) },
        options,
      ),
  };
}
