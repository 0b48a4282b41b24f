import {
  approverIdSchema,
  base64UrlSchema,
  decisionSubmitSchema,
  enforcerIdSchema,
  hexSha256Schema,
  pairingIdSchema,
  pairingNonceSchema,
  requestIdSchema,
  signerKeyIdSchema,
  workspaceIdSchema,
} from '@airlock/protocol';
import { z } from 'zod';
import { ApproverError } from './errors.js';

const epochMs = z.int();

const pairingSchema = z.strictObject({
  pairingId: pairingIdSchema,
  pairingNonce: pairingNonceSchema,
  enforcerId: enforcerIdSchema,
  /** Device of the enforcer: with `enforcerId` it says which older pairing a new one replaces (PAIR-100). */
  deviceId: z.string(),
  enforcerLabel: z.string(),
  workspaceName: z.string(),
  signerKeyId: signerKeyIdSchema,
  assurance: z.enum(['verified', 'gateway-trusted']),
  /** What this approver announced in this pairing. */
  capabilities: z.array(z.string()).readonly(),
  safetyNumber: z.string(),
  /** 32 bytes, secret; null once revoked or replaced (APPR-130). */
  pairingKey: base64UrlSchema.length(43).nullable(),
  /** False until an artifact decrypted under `K_enc` (PAIR-250); true from the start in a gateway-trusted pairing. */
  proven: z.boolean(),
  pairedAt: epochMs,
});

const memorySchema = z.strictObject({
  version: z.literal(1),
  approverId: approverIdSchema.nullable(),
  pairings: z.array(pairingSchema).readonly(),
  policies: z
    .array(
      z.strictObject({
        enforcerId: enforcerIdSchema,
        workspaceId: workspaceIdSchema,
        version: z.int().min(1),
        sha256: hexSha256Schema,
      }),
    )
    .readonly(),
  pendingSecrets: z
    .array(z.strictObject({ pairingNonce: pairingNonceSchema, secret: z.string(), expiresAt: epochMs }))
    .readonly(),
  decided: z
    .array(
      z.strictObject({
        requestId: requestIdSchema,
        pairingId: pairingIdSchema,
        decision: z.enum(['approve', 'reject']),
        envelope: decisionSubmitSchema,
        keepUntil: epochMs,
      }),
    )
    .readonly(),
});

/**
 * Everything an approver keeps between runs, as plain JSON data with secrets in it. Functions of this package take it
 * and return the next one; store the next one before the message that goes with it is sent.
 */
export type ApproverMemory = Readonly<z.infer<typeof memorySchema>>;
/** One pairing as this approver remembers it. */
export type ApproverPairing = Readonly<z.infer<typeof pairingSchema>>;
/** The newest policy document that was signed for one workspace of one enforcer (APPR-155). */
export type SignedPolicyRecord = ApproverMemory['policies'][number];
/** A decision that was signed, with the envelope to repeat when the answer was lost (APPR-060). */
export type SignedDecisionRecord = ApproverMemory['decided'][number];

/** What a new device remembers. */
export const EMPTY_MEMORY: ApproverMemory = {
  version: 1,
  approverId: null,
  pairings: [],
  policies: [],
  pendingSecrets: [],
  decided: [],
};

/**
 * Reads stored memory.
 * @throws ApproverError `memory_unreadable`; treat it as damage, never as an empty memory: the policy records in it
 * protect against rollback
 */
export function readMemory(value: unknown): ApproverMemory {
  const result = memorySchema.safeParse(value);
  if (result.success) return result.data;
  throw new ApproverError('memory_unreadable', 'The stored memory of this approver cannot be read', {
    cause: result.error,
  });
}

/** Forgets what has run out: unused secrets and repeatable decisions. */
export function forgetExpired(memory: ApproverMemory, at: number): ApproverMemory {
  return {
    ...memory,
    pendingSecrets: memory.pendingSecrets.filter((pending) => pending.expiresAt > at),
    decided: memory.decided.filter((record) => record.keepUntil > at),
  };
}
