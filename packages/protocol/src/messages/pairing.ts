import { z } from 'zod';
import {
  approverIdSchema,
  enforcerIdSchema,
  pairingCodeSchema,
  pairingIdSchema,
  pairingNonceSchema,
  rfc3339Schema,
  routingTokenSchema,
  textOf,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import { addressedEnvelope, approverRecipientSchema } from './envelope.js';
import { labelSchema, message, nonEmptySchema } from './shape.js';

const deviceIdSchema = textOf(1, LIMITS.labelCharacters);

/** States of a pairing session (PAIR-060). */
export const PAIRING_STATES = ['Pending', 'Completed', 'Expired', 'Revoked'] as const;
/** State of a pairing session. */
export const pairingStateSchema = z.enum(PAIRING_STATES);
/** One of {@link PAIRING_STATES}. */
export type PairingState = z.infer<typeof pairingStateSchema>;

/** `POST /v1/pairing/initiate`; `publicKey` is another name of `x25519PublicKey` (PAIR-010). */
export const pairingInitiateRequestSchema = message({
  deviceId: deviceIdSchema,
  enforcerId: enforcerIdSchema,
  gatewayUrl: z.string().optional(),
  x25519PublicKey: nonEmptySchema.optional(),
  enforcerLabel: labelSchema.optional(),
  workspaceName: labelSchema.optional(),
  publicKey: nonEmptySchema.optional(),
});
/** Answer 201 of initiate; `code` and `nonce` repeat their longer names (PAIR-010, PAIR-020). */
export const pairingInitiateResponseSchema = message({
  pairingNonce: pairingNonceSchema,
  pairingCode: pairingCodeSchema,
  deviceId: deviceIdSchema,
  gatewayUrl: z.string(),
  expiresAt: rfc3339Schema,
  code: pairingCodeSchema,
  nonce: pairingNonceSchema,
});

/** `POST /v1/pairing/pre-generate`. */
export const pairingPreGenerateRequestSchema = message({
  approverId: approverIdSchema,
  note: labelSchema.optional(),
});
/** Answer 201 of pre-generate. */
export const pairingPreGenerateResponseSchema = message({
  pairingCode: pairingCodeSchema,
  pairingNonce: pairingNonceSchema,
  expiresAt: rfc3339Schema,
});

/** `POST /v1/pairing/claim`; one of `pairingCode` and `code`, as the user typed it (ID-060, PAIR-010). */
export const pairingClaimRequestSchema = message({
  pairingCode: z.string().optional(),
  code: z.string().optional(),
  deviceId: deviceIdSchema,
  enforcerId: enforcerIdSchema,
  enforcerLabel: labelSchema.optional(),
  workspaceName: labelSchema.optional(),
  gatewayUrl: z.string().optional(),
  x25519PublicKey: nonEmptySchema.optional(),
});
/** Answer of claim. */
export const pairingClaimResponseSchema = message({ pairingNonce: pairingNonceSchema, expiresAt: rfc3339Schema });

/** `GET /v1/pairing/resolve/{code}`. Labels and keys are what the gateway says, unproven (PAIR-140). */
export const pairingResolutionSchema = message({
  nonce: pairingNonceSchema,
  pairingNonce: pairingNonceSchema,
  state: pairingStateSchema,
  enforcerId: enforcerIdSchema,
  deviceId: deviceIdSchema,
  enforcerLabel: labelSchema.optional(),
  workspaceName: labelSchema.optional(),
  publicKey: z.string().optional(),
  x25519PublicKey: z.string().optional(),
  gatewayUrl: z.string().optional(),
  expiresAt: rfc3339Schema,
});

/** `POST /v1/pairing/complete`. */
export const pairingCompleteRequestSchema = message({
  nonce: nonEmptySchema,
  approverId: approverIdSchema,
  publicKey: nonEmptySchema,
  responseJson: nonEmptySchema,
});
/** Answer of complete. */
export const pairingCompleteResponseSchema = message({
  pairingId: pairingIdSchema,
  routingToken: routingTokenSchema,
  enforcerId: enforcerIdSchema,
  enforcerLabel: labelSchema.optional(),
  workspaceName: labelSchema.optional(),
});

/** `POST /v1/pairing/reject`. */
export const pairingRejectRequestSchema = message({ nonce: nonEmptySchema });
/** Answer of reject. */
export const pairingRejectResponseSchema = message({ status: z.literal('revoked') });

/** `GET /v1/pairing/{nonce}/status`; `responseJson` and `routingToken` are always there, often null (GW-100). */
export const pairingStatusSchema = message({
  pairingNonce: pairingNonceSchema,
  state: pairingStateSchema,
  responseJson: z.string().nullable(),
  routingToken: routingTokenSchema.nullable(),
  expiresAt: rfc3339Schema,
});
/** `POST /v1/pairing/status-batch`. */
export const pairingStatusBatchRequestSchema = message({
  nonces: z.array(z.string()).max(LIMITS.pairingStatusBatch),
});
/** Answer of the batch: known nonces only. */
export const pairingStatusBatchResponseSchema = message({ items: z.array(pairingStatusSchema) });

/** `POST /v1/pairing/revoke`. */
export const pairingRevokeRequestSchema = message({ routingToken: nonEmptySchema });
/** Answer of revoke, for unknown tokens too (PAIR-110). */
export const pairingRevokeResponseSchema = message({
  status: z.literal('revoked'),
  enforcerId: enforcerIdSchema.optional(),
});

/** `GET /v1/pairings`. */
export const pairingListSchema = message({
  items: z.array(
    message({
      pairingId: pairingIdSchema,
      approverId: approverIdSchema,
      enforcerId: enforcerIdSchema,
      enforcerLabel: labelSchema.optional(),
      workspaceName: labelSchema.optional(),
      appId: nonEmptySchema.optional(),
      createdAt: rfc3339Schema,
      state: pairingStateSchema,
    }),
  ),
});

/** `pairing.claimed` to the approver (GW-460). */
export const pairingClaimedSchema = addressedEnvelope('pairing.claimed', {
  recipient: approverRecipientSchema,
  body: message({
    pairingNonce: pairingNonceSchema,
    enforcerId: enforcerIdSchema,
    enforcerLabel: labelSchema.optional(),
    workspaceName: labelSchema.optional(),
    expiresAt: rfc3339Schema,
  }),
});

/** What {@link pairingInitiateRequestSchema} accepts. */
export type PairingInitiateRequest = z.infer<typeof pairingInitiateRequestSchema>;
/** What {@link pairingInitiateResponseSchema} accepts. */
export type PairingInitiateResponse = z.infer<typeof pairingInitiateResponseSchema>;
/** What {@link pairingPreGenerateRequestSchema} accepts. */
export type PairingPreGenerateRequest = z.infer<typeof pairingPreGenerateRequestSchema>;
/** What {@link pairingPreGenerateResponseSchema} accepts. */
export type PairingPreGenerateResponse = z.infer<typeof pairingPreGenerateResponseSchema>;
/** What {@link pairingClaimRequestSchema} accepts. */
export type PairingClaimRequest = z.infer<typeof pairingClaimRequestSchema>;
/** What {@link pairingClaimResponseSchema} accepts. */
export type PairingClaimResponse = z.infer<typeof pairingClaimResponseSchema>;
/** What {@link pairingResolutionSchema} accepts. */
export type PairingResolution = z.infer<typeof pairingResolutionSchema>;
/** What {@link pairingCompleteRequestSchema} accepts. */
export type PairingCompleteRequest = z.infer<typeof pairingCompleteRequestSchema>;
/** What {@link pairingCompleteResponseSchema} accepts. */
export type PairingCompleteResponse = z.infer<typeof pairingCompleteResponseSchema>;
/** What {@link pairingRejectRequestSchema} accepts. */
export type PairingRejectRequest = z.infer<typeof pairingRejectRequestSchema>;
/** What {@link pairingRejectResponseSchema} accepts. */
export type PairingRejectResponse = z.infer<typeof pairingRejectResponseSchema>;
/** What {@link pairingStatusSchema} accepts. */
export type PairingStatus = z.infer<typeof pairingStatusSchema>;
/** What {@link pairingStatusBatchRequestSchema} accepts. */
export type PairingStatusBatchRequest = z.infer<typeof pairingStatusBatchRequestSchema>;
/** What {@link pairingStatusBatchResponseSchema} accepts. */
export type PairingStatusBatchResponse = z.infer<typeof pairingStatusBatchResponseSchema>;
/** What {@link pairingRevokeRequestSchema} accepts. */
export type PairingRevokeRequest = z.infer<typeof pairingRevokeRequestSchema>;
/** What {@link pairingRevokeResponseSchema} accepts. */
export type PairingRevokeResponse = z.infer<typeof pairingRevokeResponseSchema>;
/** What {@link pairingListSchema} accepts. */
export type PairingList = z.infer<typeof pairingListSchema>;
/** What {@link pairingClaimedSchema} accepts. */
export type PairingClaimed = z.infer<typeof pairingClaimedSchema>;
