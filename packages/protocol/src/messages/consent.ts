import { z } from 'zod';
import { rfc3339Schema } from '../ids.js';
import { addressedEnvelope, approverRecipientSchema } from './envelope.js';
import { labelSchema, message, nonEmptySchema } from './shape.js';

/** `GET /v1/consent/status` and `GET /v1/consents/check` (CONS-010). */
export const consentStatusSchema = message({ status: z.literal('approved') });
/** Consent is given. */
export type ConsentStatus = z.infer<typeof consentStatusSchema>;

/** State of a consent (CONS-040). */
export const consentStateSchema = z.enum(['Pending', 'Allowed', 'Denied', 'Revoked']);
/** State of a consent. */
export type ConsentState = z.infer<typeof consentStateSchema>;

const pendingMembers = {
  consentId: nonEmptySchema,
  appId: nonEmptySchema,
  appName: labelSchema,
  developerName: labelSchema.optional(),
  kind: z.string(),
  requestedAt: rfc3339Schema,
};

/** One consent of a user. */
export const consentItemSchema = message({
  ...pendingMembers,
  state: consentStateSchema,
  decidedAt: rfc3339Schema.optional(),
});
/** `GET /v1/consents`. */
export const consentListSchema = message({ items: z.array(consentItemSchema) });
/** `POST /v1/consents/{consentId}/decide`. */
export const consentDecideRequestSchema = message({ decision: z.enum(['allow', 'deny', 'revoke']) });
/** Answer of decide. */
export const consentDecideResponseSchema = message({ consentId: nonEmptySchema, state: consentStateSchema });
/** `consent.request` to the approver (GW-460). */
export const consentRequestSchema = addressedEnvelope('consent.request', {
  recipient: approverRecipientSchema,
  body: message(pendingMembers),
});

/** What {@link consentItemSchema} accepts. */
export type ConsentItem = z.infer<typeof consentItemSchema>;
/** What {@link consentListSchema} accepts. */
export type ConsentList = z.infer<typeof consentListSchema>;
/** What {@link consentDecideRequestSchema} accepts. */
export type ConsentDecideRequest = z.infer<typeof consentDecideRequestSchema>;
/** What {@link consentDecideResponseSchema} accepts. */
export type ConsentDecideResponse = z.infer<typeof consentDecideResponseSchema>;
/** What {@link consentRequestSchema} accepts. */
export type ConsentRequest = z.infer<typeof consentRequestSchema>;
