import { z } from 'zod';
import {
  approverIdSchema,
  artifactHashSchema,
  base64UrlSchema,
  decisionNonceSchema,
  hexSha256Schema,
  msgIdSchema,
  requestIdSchema,
  rfc3339Schema,
  signerKeyIdSchema,
  textOf,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import { emittedEnvelope, enforcerRecipientSchema, gatewaySenderSchema, submittedEnvelope } from './envelope.js';
import { exactMessage, jsonObjectSchema, message, openMessage } from './shape.js';

/** The two words of a decision (APPR-040). */
export const decisionWordSchema = z.enum(['approve', 'reject']);
/** `approve` or `reject`, exactly. */
export type DecisionWord = z.infer<typeof decisionWordSchema>;

/** Hints of a decision; they have no effect on verification (CRYP-180). */
export const policyHintsSchema = exactMessage({
  reason: z.string().optional(),
  actionId: z.string().optional(),
  sessionId: z.string().optional(),
});

/** A HARP-CORE decision as our approver makes it (CRYP-180). */
export const harpDecisionSchema = exactMessage({
  requestId: requestIdSchema,
  artifactHashAlg: z.literal('SHA-256'),
  artifactHash: hexSha256Schema,
  repoRef: z.string(),
  decision: decisionWordSchema,
  scope: z.enum(['once', 'timebox']),
  expiresAt: rfc3339Schema,
  nonce: decisionNonceSchema,
  signerKeyId: signerKeyIdSchema,
  sigAlg: z.literal('Ed25519'),
  policyHints: policyHintsSchema.optional(),
  signature: base64UrlSchema,
});
/** A HARP-CORE decision. */
export type HarpDecision = z.infer<typeof harpDecisionSchema>;

/**
 * Step 12 of table 17.1: exactly the members of CRYP-180 with their JSON types. What the strings say is checked by
 * later steps, each with its own code.
 */
export const harpDecisionFormSchema = exactMessage({
  requestId: z.string(),
  artifactHashAlg: z.string(),
  artifactHash: z.string(),
  repoRef: z.string(),
  decision: z.string(),
  scope: z.string(),
  expiresAt: z.string(),
  nonce: z.string(),
  signerKeyId: z.string(),
  sigAlg: z.string(),
  policyHints: policyHintsSchema.optional(),
  signature: z.string(),
});
/** A HARP-CORE decision of which only members and types are known. */
export type HarpDecisionForm = z.infer<typeof harpDecisionFormSchema>;

const bodyMembers = {
  artifactHash: artifactHashSchema,
  decision: decisionWordSchema,
  reason: textOf(0, LIMITS.reasonCharacters).optional(),
  signerKeyId: signerKeyIdSchema,
  nonce: decisionNonceSchema,
  signature: z.string().min(1),
  harpDecision: jsonObjectSchema.optional(),
  decisionHash: z.string().optional(),
};

/** Body of `decision.submit` as the gateway reads it: unknown members are kept and passed on (APPR-070). */
export const decisionSubmitBodySchema = openMessage(bodyMembers);
/** Body of `decision.submit` as the gateway reads it. */
export type DecisionSubmitBody = z.infer<typeof decisionSubmitBodySchema>;

/** `POST /v1/decisions`. */
export const decisionSubmitSchema = submittedEnvelope('decision.submit', {
  sender: message({ approverId: approverIdSchema }),
  body: decisionSubmitBodySchema,
});
/** Submission of a decision. */
export type DecisionSubmit = z.infer<typeof decisionSubmitSchema>;

/** Body of a decision as our approver makes it: exactly the members of section 15.1. */
export const decisionBodySchema = exactMessage({ ...bodyMembers, harpDecision: harpDecisionSchema.optional() });
/** Body of a decision as our approver makes it. */
export type DecisionBody = z.infer<typeof decisionBodySchema>;

/** Answer to a decision. */
export const decisionAcceptedSchema = emittedEnvelope('decision.accepted', message({ state: z.literal('Decided') }));
/** Answer to a decision. */
export type DecisionAccepted = z.infer<typeof decisionAcceptedSchema>;

/** `decision.deliver` as the gateway emits it; the body is that of the accepted submission, member for member. */
export const decisionDeliverSchema = message({
  msgId: msgIdSchema,
  msgType: z.literal('decision.deliver'),
  requestId: requestIdSchema,
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  sender: gatewaySenderSchema,
  recipient: enforcerRecipientSchema,
  body: decisionSubmitBodySchema,
});
/** Delivery of a decision. */
export type DecisionDeliver = z.infer<typeof decisionDeliverSchema>;

/**
 * Step 1 of table 17.1: the message type, and a body with no member beyond section 15.1 (no other spelling either,
 * ENF-070). The values stay unknown: each later step judges them with its own code.
 */
export const decisionFrameSchema = z.object({
  msgId: z.unknown().optional(),
  msgType: z.literal('decision.deliver'),
  requestId: z.unknown().optional(),
  body: exactMessage({
    artifactHash: z.unknown().optional(),
    decision: z.unknown().optional(),
    reason: z.unknown().optional(),
    signerKeyId: z.unknown().optional(),
    nonce: z.unknown().optional(),
    signature: z.unknown().optional(),
    harpDecision: z.unknown().optional(),
    decisionHash: z.unknown().optional(),
  }),
});
/** A delivered message of which only the frame was checked. */
export type DecisionFrame = z.infer<typeof decisionFrameSchema>;
