import { z } from 'zod';
import {
  base64UrlSchema,
  enforcerIdSchema,
  hexSha256Schema,
  requestIdSchema,
  rfc3339Schema,
  signerKeyIdSchema,
  workspaceIdSchema,
} from '../ids.js';
import { emittedEnvelope } from './envelope.js';
import { exactMessage, jsonObjectSchema, message, nonEmptySchema } from './shape.js';

/** What actions a policy of action scope selects (section 14). */
export const actionSelectorSchema = exactMessage({
  commandFamily: z.string().optional(),
  argvPrefix: z.array(z.string()).optional(),
  argv: z.array(z.string()).optional(),
  contentSha256: hexSha256Schema.optional(),
  sessionId: z.string().optional(),
});
/** Selector of a policy. */
export type ActionSelector = z.infer<typeof actionSelectorSchema>;

/**
 * A standing policy as our enforcer may honour it and as our approver makes it: every member, those of the selector
 * included, is one of the table (DND-060). Anything else is no approving policy.
 */
export const dndPolicySchema = exactMessage({
  requestId: requestIdSchema,
  objectType: z.enum(['airlock.dnd.workspace', 'airlock.dnd.action']),
  enforcerId: enforcerIdSchema,
  workspaceId: workspaceIdSchema,
  sessionId: z.string().optional(),
  policyMode: z.enum(['approve_all', 'deny_all']),
  targetArtifactType: z.string().optional(),
  actionSelector: actionSelectorSchema.optional(),
  selectorHash: hexSha256Schema.optional(),
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  signerKeyId: signerKeyIdSchema.optional(),
  signature: base64UrlSchema.optional(),
});
/** A standing policy. */
export type DndPolicy = z.infer<typeof dndPolicySchema>;

/** `GET /v1/policy/dnd/effective`: each element is judged alone, so that a bad one spoils no other (DND-010). */
export const dndEffectiveSchema = emittedEnvelope('dnd.policy.effective', z.array(jsonObjectSchema));
/** `GET /v1/policy/dnd`. */
export const dndListSchema = emittedEnvelope('dnd.policy.list', z.array(jsonObjectSchema));
/** Answer 201 of `POST /v1/policy/dnd`. */
export const dndAcceptedSchema = emittedEnvelope(
  'dnd.policy.accepted',
  message({ policyId: nonEmptySchema, expiresAt: rfc3339Schema }),
);

/** What {@link dndEffectiveSchema} accepts. */
export type DndEffective = z.infer<typeof dndEffectiveSchema>;
/** What {@link dndListSchema} accepts. */
export type DndList = z.infer<typeof dndListSchema>;
/** What {@link dndAcceptedSchema} accepts. */
export type DndAccepted = z.infer<typeof dndAcceptedSchema>;
