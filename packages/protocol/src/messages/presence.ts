import { z } from 'zod';
import { enforcerIdSchema, rfc3339Schema } from '../ids.js';
import { integerSchema, jsonObjectSchema, labelSchema, message, nonEmptySchema } from './shape.js';

/** `POST /v1/presence/heartbeat`. */
export const heartbeatRequestSchema = message({
  enforcerId: enforcerIdSchema,
  workspaceName: labelSchema.optional(),
  enforcerLabel: labelSchema.optional(),
});
/** Answer of heartbeat. */
export const heartbeatResponseSchema = message({ status: z.literal('ok') });

/** What is known about an enforcer's connection; never a reason for anything (PRES-030). */
export const presenceRecordSchema = message({
  enforcerDeviceId: enforcerIdSchema,
  status: z.enum(['online', 'offline']),
  lastSeenAt: rfc3339Schema,
  transport: z.enum(['websocket', 'sse', 'poll']).optional(),
  workspaceName: labelSchema.optional(),
  enforcerLabel: labelSchema.optional(),
  capabilities: jsonObjectSchema.optional(),
});
/** `GET /v1/presence/enforcers`: the one bare array (GW-090). */
export const presenceListSchema = z.array(presenceRecordSchema);

/** `POST /v1/ws/ticket`. */
export const ticketResponseSchema = message({ ticket: nonEmptySchema, expiresIn: integerSchema });

/** First frame of a client; no capability value selects anything (GW-430). */
export const helloSchema = message({
  msgType: z.literal('hello'),
  capabilities: jsonObjectSchema,
  workspaceName: labelSchema.optional(),
  enforcerLabel: labelSchema.optional(),
});
/** Control frame of the gateway (GW-440). */
export const pingSchema = message({ msgType: z.literal('ping') });
/** Control frame of a client (GW-440). */
export const pongSchema = message({ msgType: z.literal('pong') });
/** All that a push message contains (APPR-100). */
export const pushMessageSchema = z.strictObject({
  v: z.literal(1),
  kind: z.enum(['pending', 'consent', 'pairing', 'device']),
});

/** What {@link heartbeatRequestSchema} accepts. */
export type HeartbeatRequest = z.infer<typeof heartbeatRequestSchema>;
/** What {@link heartbeatResponseSchema} accepts. */
export type HeartbeatResponse = z.infer<typeof heartbeatResponseSchema>;
/** What {@link presenceRecordSchema} accepts. */
export type PresenceRecord = z.infer<typeof presenceRecordSchema>;
/** What {@link presenceListSchema} accepts. */
export type PresenceList = z.infer<typeof presenceListSchema>;
/** What {@link ticketResponseSchema} accepts. */
export type TicketResponse = z.infer<typeof ticketResponseSchema>;
/** What {@link helloSchema} accepts. */
export type Hello = z.infer<typeof helloSchema>;
/** What {@link pingSchema} accepts. */
export type Ping = z.infer<typeof pingSchema>;
/** What {@link pongSchema} accepts. */
export type Pong = z.infer<typeof pongSchema>;
/** What {@link pushMessageSchema} accepts. */
export type PushMessage = z.infer<typeof pushMessageSchema>;
