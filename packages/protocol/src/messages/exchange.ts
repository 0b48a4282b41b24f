import { z } from 'zod';
import { artifactHashSchema, requestIdSchema, rfc3339Schema } from '../ids.js';
import { exchangeStateSchema } from './artifact.js';
import { addressedEnvelope, approverRecipientSchema, emittedEnvelope, enforcerRecipientSchema } from './envelope.js';
import { jsonObjectSchema, message } from './shape.js';

/** `GET /v1/exchanges/{requestId}`; `decision` is the body of the accepted decision, unverified. */
export const exchangeStatusSchema = emittedEnvelope(
  'exchange.status',
  message({
    requestId: requestIdSchema,
    state: exchangeStateSchema,
    createdAt: rfc3339Schema,
    expiresAt: rfc3339Schema,
    artifactHash: artifactHashSchema,
    decision: jsonObjectSchema.optional(),
  }),
);
/** State of an exchange as the gateway tells it. */
export type ExchangeStatus = z.infer<typeof exchangeStatusSchema>;

const withdrawn = message({
  state: z.literal('Withdrawn'),
  withdrawnAt: rfc3339Schema,
  reason: z.string().optional(),
});

/** Answer to `POST /v1/exchanges/{requestId}/withdraw`. */
export const exchangeWithdrawnSchema = emittedEnvelope('exchange.withdrawn', withdrawn);
/** Answer to a withdrawal. */
export type ExchangeWithdrawn = z.infer<typeof exchangeWithdrawnSchema>;

/** `exchange.withdrawn` to the approver (GW-460). */
export const exchangeWithdrawnNoticeSchema = addressedEnvelope('exchange.withdrawn', {
  recipient: approverRecipientSchema,
  body: withdrawn,
});
/** `exchange.expired` to the approver (GW-460). */
export const exchangeExpiredSchema = addressedEnvelope('exchange.expired', {
  recipient: approverRecipientSchema,
  body: message({ state: z.literal('Expired'), expiredAt: rfc3339Schema, reason: z.string().optional() }),
});
/** `exchange.cancelled` to the approver (GW-460). */
export const exchangeCancelledSchema = addressedEnvelope('exchange.cancelled', {
  recipient: approverRecipientSchema,
  body: message({ state: z.literal('Cancelled'), cancelledAt: rfc3339Schema, reason: z.string().optional() }),
});

/** `refresh.request` to the enforcer, with the copies that published extensions read (GW-450). */
export const refreshRequestSchema = message({
  ...addressedShape('refresh.request'),
  type: z.literal('refresh.request').optional(),
  reason: z.string().optional(),
});

/** `pairing.revoked` to the enforcer, with the copies that published extensions read (GW-450). */
export const pairingRevokedSchema = message({
  ...addressedShape('pairing.revoked'),
  type: z.literal('pairing.revoked').optional(),
  reason: z.string().optional(),
});

function addressedShape<T extends 'refresh.request' | 'pairing.revoked'>(msgType: T) {
  return addressedEnvelope(msgType, {
    recipient: enforcerRecipientSchema,
    body: message({ reason: z.string().optional() }),
  }).out.shape;
}

/** What {@link exchangeWithdrawnNoticeSchema} accepts. */
export type ExchangeWithdrawnNotice = z.infer<typeof exchangeWithdrawnNoticeSchema>;
/** What {@link exchangeExpiredSchema} accepts. */
export type ExchangeExpired = z.infer<typeof exchangeExpiredSchema>;
/** What {@link exchangeCancelledSchema} accepts. */
export type ExchangeCancelled = z.infer<typeof exchangeCancelledSchema>;
/** What {@link refreshRequestSchema} accepts. */
export type RefreshRequest = z.infer<typeof refreshRequestSchema>;
/** What {@link pairingRevokedSchema} accepts. */
export type PairingRevoked = z.infer<typeof pairingRevokedSchema>;

/** Answer to `POST /v1/requests/{requestId}/refresh`. */
export const refreshForwardedSchema = message({ status: z.literal('forwarded') });
/** Answer to a refresh request. */
export type RefreshForwarded = z.infer<typeof refreshForwardedSchema>;
