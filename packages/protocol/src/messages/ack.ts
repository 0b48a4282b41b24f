import { z } from 'zod';
import { msgIdSchema, requestIdSchema, rfc3339Schema, textOf } from '../ids.js';
import { emittedEnvelope, senderSchema } from './envelope.js';
import { emptySchema, jsonValueSchema, message } from './shape.js';

/** `POST /v1/acks` as our clients send it (ACK-010). */
export const ackSubmitSchema = message({
  msgId: msgIdSchema,
  msgType: z.literal('ack.submit'),
  requestId: requestIdSchema,
  createdAt: rfc3339Schema,
  sender: senderSchema,
  body: message({
    msgId: msgIdSchema,
    status: z.enum(['delivered', 'received', 'processed']),
    ackAt: rfc3339Schema,
  }),
});
/** An acknowledgement as our clients send it. */
export type AckSubmit = z.infer<typeof ackSubmitSchema>;

/**
 * `POST /v1/acks` as the gateway reads it: whatever is unknown, empty or missing inside is a no-op, not an
 * error (ACK-010, ACK-020).
 */
export const ackReceivedSchema = message({
  msgId: z.string().optional().catch(undefined),
  msgType: z.literal('ack.submit'),
  requestId: textOf(1, 200),
  createdAt: z.string().optional().catch(undefined),
  sender: jsonValueSchema.optional(),
  body: message({
    msgId: z.string().optional().catch(undefined),
    status: z.string().optional().catch(undefined),
    ackAt: z.string().optional().catch(undefined),
  }).optional(),
});
/** An acknowledgement as the gateway reads it. */
export type AckReceived = z.infer<typeof ackReceivedSchema>;

/** Answer to an acknowledgement. */
export const ackAcceptedSchema = emittedEnvelope('ack.accepted', emptySchema);
/** Answer to an acknowledgement. */
export type AckAccepted = z.infer<typeof ackAcceptedSchema>;
