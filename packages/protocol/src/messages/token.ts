import { z } from 'zod';
import { rfc3339Schema } from '../ids.js';
import { integerSchema, message, nonEmptySchema } from './shape.js';

/** `POST /v1/auth/device`. */
export const deviceStartSchema = message({
  deviceCode: nonEmptySchema,
  userCode: nonEmptySchema,
  verificationUri: nonEmptySchema,
  verificationUriComplete: nonEmptySchema,
  expiresIn: integerSchema,
  interval: integerSchema,
});
/** `POST /v1/auth/device/token`. */
export const deviceTokenRequestSchema = message({ deviceCode: nonEmptySchema });
/** Answer 200 in every case; `completed: false` always carries `error` (AUTH-170). */
export const deviceTokenResponseSchema = z.discriminatedUnion('completed', [
  z.object({
    completed: z.literal(true),
    accessToken: nonEmptySchema,
    refreshToken: nonEmptySchema,
    expiresIn: integerSchema,
  }),
  z.object({
    completed: z.literal(false),
    error: z.enum(['authorization_pending', 'slow_down', 'expired_token', 'access_denied']),
  }),
]);
/** Body of both refresh routes and of logout. */
export const refreshTokenRequestSchema = message({ refreshToken: nonEmptySchema });
/** Answer of both refresh routes (AUTH-180). */
export const tokenResponseSchema = message({
  accessToken: nonEmptySchema,
  refreshToken: nonEmptySchema,
  expiresIn: integerSchema,
});
/** Answer of logout. */
export const signedOutSchema = message({ status: z.literal('signed_out') });
/** `GET /v1/auth/device/pending/{userCode}`. */
export const devicePendingSchema = message({
  userCode: nonEmptySchema,
  clientLabel: z.string(),
  requestedAt: rfc3339Schema,
  address: z.string().optional(),
});
/** `POST /v1/auth/device/verify`. */
export const deviceVerifyRequestSchema = message({
  userCode: nonEmptySchema,
  decision: z.enum(['allow', 'deny']),
});
/** Answer of verify. */
export const deviceVerifyResponseSchema = message({ status: z.enum(['allowed', 'denied']) });

/** Members of the OIDC discovery document that clients read. */
export const oidcConfigurationSchema = z.looseObject({
  issuer: nonEmptySchema,
  authorization_endpoint: nonEmptySchema,
  token_endpoint: nonEmptySchema,
  device_authorization_endpoint: nonEmptySchema,
  revocation_endpoint: nonEmptySchema,
  jwks_uri: nonEmptySchema,
});
/** Answer of the device authorization endpoint. */
export const oidcDeviceSchema = message({
  device_code: nonEmptySchema,
  user_code: nonEmptySchema,
  verification_uri: nonEmptySchema,
  verification_uri_complete: nonEmptySchema,
  expires_in: integerSchema,
  interval: integerSchema,
});
/** Answer of the token endpoint. */
export const oidcTokenSchema = message({
  access_token: nonEmptySchema,
  refresh_token: nonEmptySchema,
  token_type: z.literal('Bearer'),
  expires_in: integerSchema,
  scope: z.string().optional(),
});
/** Failure of the token endpoint (AUTH-130). */
export const oidcErrorSchema = message({ error: nonEmptySchema, error_description: z.string().optional() });

/** What {@link deviceStartSchema} accepts. */
export type DeviceStart = z.infer<typeof deviceStartSchema>;
/** What {@link deviceTokenRequestSchema} accepts. */
export type DeviceTokenRequest = z.infer<typeof deviceTokenRequestSchema>;
/** What {@link deviceTokenResponseSchema} accepts. */
export type DeviceTokenResponse = z.infer<typeof deviceTokenResponseSchema>;
/** What {@link refreshTokenRequestSchema} accepts. */
export type RefreshTokenRequest = z.infer<typeof refreshTokenRequestSchema>;
/** What {@link tokenResponseSchema} accepts. */
export type TokenResponse = z.infer<typeof tokenResponseSchema>;
/** What {@link signedOutSchema} accepts. */
export type SignedOut = z.infer<typeof signedOutSchema>;
/** What {@link devicePendingSchema} accepts. */
export type DevicePending = z.infer<typeof devicePendingSchema>;
/** What {@link deviceVerifyRequestSchema} accepts. */
export type DeviceVerifyRequest = z.infer<typeof deviceVerifyRequestSchema>;
/** What {@link deviceVerifyResponseSchema} accepts. */
export type DeviceVerifyResponse = z.infer<typeof deviceVerifyResponseSchema>;
/** What {@link oidcConfigurationSchema} accepts. */
export type OidcConfiguration = z.infer<typeof oidcConfigurationSchema>;
/** What {@link oidcDeviceSchema} accepts. */
export type OidcDevice = z.infer<typeof oidcDeviceSchema>;
/** What {@link oidcTokenSchema} accepts. */
export type OidcToken = z.infer<typeof oidcTokenSchema>;
/** What {@link oidcErrorSchema} accepts. */
export type OidcError = z.infer<typeof oidcErrorSchema>;
