import { z } from 'zod';
import { approverIdSchema, enforcerIdSchema, msgIdSchema, requestIdSchema, rfc3339Schema } from '../ids.js';
import { jsonValueSchema, message, nonEmptySchema } from './shape.js';

/** Every `msgType` of the protocol (GW-260). */
export const MESSAGE_TYPES = [
  'artifact.submit',
  'artifact.accepted',
  'approval.request',
  'decision.submit',
  'decision.accepted',
  'decision.deliver',
  'ack.submit',
  'ack.accepted',
  'exchange.status',
  'exchange.withdrawn',
  'exchange.expired',
  'exchange.cancelled',
  'inbox.page',
  'history.page',
  'refresh.request',
  'dnd.policy.effective',
  'dnd.policy.list',
  'dnd.policy.accepted',
  'consent.request',
  'pairing.claimed',
  'pairing.revoked',
  'error',
  'hello',
  'ping',
  'pong',
] as const;

/** One of {@link MESSAGE_TYPES}. */
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Sender of a message: exactly one of the three (GW-250). */
export const senderSchema = z.union([
  z.strictObject({ enforcerId: enforcerIdSchema }),
  z.strictObject({ approverId: approverIdSchema }),
  z.strictObject({ gatewayId: nonEmptySchema }),
]);

/** Recipient of a message. */
export const recipientSchema = z.union([
  z.strictObject({ enforcerId: enforcerIdSchema }),
  z.strictObject({ approverId: approverIdSchema }),
]);

/** The gateway as sender. */
export const gatewaySenderSchema = z.strictObject({ gatewayId: nonEmptySchema });

/** Envelope of any message: what is common to all (GW-250). The body is not looked at. */
export const envelopeSchema = message({
  msgId: msgIdSchema,
  msgType: z.enum(MESSAGE_TYPES),
  requestId: requestIdSchema,
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema.optional(),
  sender: senderSchema,
  recipient: recipientSchema.optional(),
  body: jsonValueSchema,
});

/** Envelope of any message. */
export type Envelope = z.infer<typeof envelopeSchema>;

/** Envelope that the gateway receives: any, an empty or no `msgId` will do (ID-130). */
export function submittedEnvelope<T extends MessageType, Sender extends z.ZodType, Body extends z.ZodType>(
  msgType: T,
  parts: { readonly sender: Sender; readonly body: Body },
) {
  return message({
    msgId: z.string().optional().catch(undefined),
    msgType: z.literal(msgType),
    requestId: requestIdSchema,
    createdAt: rfc3339Schema,
    sender: parts.sender,
    body: parts.body,
  });
}

/** Envelope that the gateway emits (GW-250). */
export function emittedEnvelope<T extends MessageType, Body extends z.ZodType>(msgType: T, body: Body) {
  return message({
    msgId: msgIdSchema,
    msgType: z.literal(msgType),
    requestId: requestIdSchema,
    createdAt: rfc3339Schema,
    sender: gatewaySenderSchema,
    body,
  });
}

/** Envelope that the gateway emits to one party. */
export function addressedEnvelope<T extends MessageType, Recipient extends z.ZodType, Body extends z.ZodType>(
  msgType: T,
  parts: { readonly recipient: Recipient; readonly body: Body },
) {
  return message({
    msgId: msgIdSchema,
    msgType: z.literal(msgType),
    requestId: requestIdSchema,
    createdAt: rfc3339Schema,
    expiresAt: rfc3339Schema.optional(),
    sender: gatewaySenderSchema,
    recipient: parts.recipient,
    body: parts.body,
  });
}

/** Recipient of messages to an approver. */
export const approverRecipientSchema = z.strictObject({ approverId: approverIdSchema });
/** Recipient of messages to an enforcer. */
export const enforcerRecipientSchema = z.strictObject({ enforcerId: enforcerIdSchema });
