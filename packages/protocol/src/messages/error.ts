import { z } from 'zod';
import { CONSENT_CODES, isWireCode, type WireCode } from '../errors/wire-errors.js';
import { msgIdSchema, requestIdSchema, rfc3339Schema } from '../ids.js';
import { gatewaySenderSchema } from './envelope.js';
import { jsonObjectSchema, message } from './shape.js';

/** Code of table 5.1. */
export const wireCodeSchema = z.custom<WireCode>(isWireCode, { error: 'is no code of table 5.1' });

/** The hybrid error object, over HTTP and as a frame (ERR-010). */
export const errorEnvelopeSchema = message({
  msgId: msgIdSchema,
  msgType: z.literal('error'),
  requestId: requestIdSchema,
  createdAt: rfc3339Schema,
  sender: gatewaySenderSchema,
  error: wireCodeSchema,
  code: wireCodeSchema,
  message: z.string(),
  retryable: z.boolean(),
  body: message({
    code: wireCodeSchema,
    message: z.string(),
    requestId: requestIdSchema.optional(),
    details: jsonObjectSchema.optional(),
  }),
});
/** The hybrid error object. */
export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;

/** The flat consent refusal (ERR-020): no `body`. */
export const consentErrorSchema = message({
  error: z.enum(CONSENT_CODES),
  message: z.string(),
  consentUrl: z.string().optional(),
  appName: z.string().optional(),
  appId: z.string().optional(),
});
/** The flat consent refusal. */
export type ConsentError = z.infer<typeof consentErrorSchema>;
