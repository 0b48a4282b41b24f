import { z } from 'zod';
import {
  artifactHashSchema,
  enforcerIdSchema,
  msgIdSchema,
  pairingIdSchema,
  requestIdSchema,
  rfc3339Schema,
  textOf,
} from '../ids.js';
import { metadataSchema } from './artifact.js';
import { ciphertextRefSchema } from './ciphertext.js';
import { approverRecipientSchema, gatewaySenderSchema } from './envelope.js';
import { labelSchema, message, nonEmptySchema } from './shape.js';

/** Body of `approval.request` (section 15.1). Everything in it comes from the gateway and proves nothing. */
export const approvalRequestBodySchema = message({
  artifactType: textOf(1, 128),
  artifactHash: artifactHashSchema,
  ciphertextRef: ciphertextRefSchema,
  metadata: metadataSchema.optional(),
  policyHint: message({ ui: z.string() }).optional(),
  pairingId: pairingIdSchema,
  enforcerId: enforcerIdSchema,
  enforcerLabel: labelSchema,
  appId: nonEmptySchema.optional(),
});

/** A request for a decision, as channels and the inbox carry it; `expiresAt` is required here (GW-250). */
export const approvalRequestSchema = message({
  msgId: msgIdSchema,
  msgType: z.literal('approval.request'),
  requestId: requestIdSchema,
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  sender: gatewaySenderSchema,
  recipient: approverRecipientSchema,
  body: approvalRequestBodySchema,
});
/** Body of `approval.request`. */
export type ApprovalRequestBody = z.infer<typeof approvalRequestBodySchema>;
/** A request for a decision. */
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;
