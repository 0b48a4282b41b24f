import { z } from 'zod';
import {
  artifactHashSchema,
  enforcerIdSchema,
  pairingIdSchema,
  requestIdSchema,
  rfc3339Schema,
  textOf,
} from '../ids.js';
import { approvalRequestSchema } from './approval-request.js';
import { exchangeStateSchema, metadataSchema } from './artifact.js';
import { emittedEnvelope } from './envelope.js';
import { jsonObjectSchema, labelSchema, message } from './shape.js';

/** `GET /v1/approvers/{approverId}/inbox` and `…/inbox/expired`. */
export const inboxPageSchema = emittedEnvelope(
  'inbox.page',
  message({ items: z.array(approvalRequestSchema), nextCursor: z.string().nullable() }),
);
/** A page of pending or expired requests. */
export type InboxPage = z.infer<typeof inboxPageSchema>;

/** One item of the history (section 15.1). */
export const historyItemSchema = message({
  requestId: requestIdSchema,
  artifactType: textOf(1, 128),
  artifactHash: artifactHashSchema,
  state: exchangeStateSchema,
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  decidedAt: rfc3339Schema.optional(),
  decision: jsonObjectSchema.optional(),
  pairingId: pairingIdSchema.optional(),
  enforcerId: enforcerIdSchema,
  enforcerLabel: labelSchema.optional(),
  metadata: metadataSchema.optional(),
  audit: message({ decision: z.string(), policyId: z.string().optional() }).optional(),
});
/** One item of the history. */
export type HistoryItem = z.infer<typeof historyItemSchema>;

/** `GET /v1/history`. */
export const historyPageSchema = emittedEnvelope(
  'history.page',
  message({ items: z.array(historyItemSchema), nextCursor: z.string().nullable() }),
);
/** A page of the history. */
export type HistoryPage = z.infer<typeof historyPageSchema>;
