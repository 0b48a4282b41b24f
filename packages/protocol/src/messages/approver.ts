import { z } from 'zod';
import { approverIdSchema, base64UrlSchema, rfc3339Schema } from '../ids.js';
import { integerSchema, labelSchema, message, nonEmptySchema } from './shape.js';

/** `POST /v1/approvers` (APPR-010). */
export const approverRegisterRequestSchema = message({
  enrollmentCode: nonEmptySchema.optional(),
  approverLabel: labelSchema,
  publicKey: nonEmptySchema,
  timestamp: rfc3339Schema,
  signature: nonEmptySchema,
});
/** Answer 201 of registration. */
export const approverRegisterResponseSchema = message({
  approverId: approverIdSchema,
  userId: nonEmptySchema,
  accessToken: nonEmptySchema,
  refreshToken: nonEmptySchema,
  expiresIn: integerSchema,
});
/** Answer 201 of `POST /v1/approvers/enrollment`. */
export const enrollmentResponseSchema = message({ enrollmentCode: nonEmptySchema, expiresAt: rfc3339Schema });
/** `GET /v1/approvers`. */
export const approverListSchema = message({
  items: z.array(
    message({
      approverId: approverIdSchema,
      approverLabel: labelSchema,
      publicKey: nonEmptySchema,
      createdAt: rfc3339Schema,
      lastSeenAt: rfc3339Schema.optional(),
    }),
  ),
});
/** `POST /v1/approvers/{approverId}/push`. */
export const pushSubscribeRequestSchema = message({
  kind: z.literal('webpush'),
  endpoint: nonEmptySchema,
  keys: message({ p256dh: base64UrlSchema, auth: base64UrlSchema }),
});
/** Answer 201 of a push subscription. */
export const pushSubscribeResponseSchema = message({ pushId: nonEmptySchema });

/** What {@link approverRegisterRequestSchema} accepts. */
export type ApproverRegisterRequest = z.infer<typeof approverRegisterRequestSchema>;
/** What {@link approverRegisterResponseSchema} accepts. */
export type ApproverRegisterResponse = z.infer<typeof approverRegisterResponseSchema>;
/** What {@link enrollmentResponseSchema} accepts. */
export type EnrollmentResponse = z.infer<typeof enrollmentResponseSchema>;
/** What {@link approverListSchema} accepts. */
export type ApproverList = z.infer<typeof approverListSchema>;
/** What {@link pushSubscribeRequestSchema} accepts. */
export type PushSubscribeRequest = z.infer<typeof pushSubscribeRequestSchema>;
/** What {@link pushSubscribeResponseSchema} accepts. */
export type PushSubscribeResponse = z.infer<typeof pushSubscribeResponseSchema>;
