import {
  approverIdSchema,
  base64UrlSchema,
  decisionSubmitSchema,
  type DndPolicy,
  enforcerIdSchema,
  hexSha256Schema,
  pairingIdSchema,
  pairingNonceSchema,
  parseTime,
  requestIdSchema,
  signerKeyIdSchema,
  workspaceIdSchema,
} from '@airlock/protocol';
import { z } from 'zod';
import { ApproverError } from './errors.js';

const epochMs = z.int();

const firstPairingSchema = z.strictObject({
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

const pairingSchema = firstPairingSchema.extend({
  /** As the enforcer names it in its actions; null until one was read. Standing policies need it. */
  workspaceId: workspaceIdSchema.nullable(),
});

const firstPolicySchema = z.strictObject({
  enforcerId: enforcerIdSchema,
  workspaceId: workspaceIdSchema,
  version: z.int().min(1),
  sha256: hexSha256Schema,
});

const policySchema = firstPolicySchema.extend({
  /** The document itself; null when it was signed before it was kept. */
  text: z.string().nullable(),
});

const grantSchema = z.strictObject({
  policyId: requestIdSchema,
  /** What was granted, rendered: the policy itself holds only a hash. */
  what: z.string(),
  expiresAt: epochMs,
});

const firstMemorySchema = z.strictObject({
  version: z.literal(1),
  approverId: approverIdSchema.nullable(),
  pairings: z.array(firstPairingSchema).readonly(),
  policies: z.array(firstPolicySchema).readonly(),
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

const memorySchema = firstMemorySchema.extend({
  version: z.literal(2),
  pairings: z.array(pairingSchema).readonly(),
  policies: z.array(policySchema).readonly(),
  grants: z.array(grantSchema).readonly(),
});

const storedSchema = z.discriminatedUnion('version', [firstMemorySchema, memorySchema]);

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
  version: 2,
  approverId: null,
  pairings: [],
  policies: [],
  pendingSecrets: [],
  decided: [],
  grants: [],
};

/**
 * Reads stored memory, also in its first form.
 * @throws ApproverError `memory_unreadable`; treat it as damage, never as an empty memory: the policy records in it
 * protect against rollback
 */
export function readMemory(value: unknown): ApproverMemory {
  const result = storedSchema.safeParse(value);
  if (result.success) return result.data.version === 1 ? upgraded(result.data) : result.data;
  throw new ApproverError('memory_unreadable', 'The stored memory of this approver cannot be read', {
    cause: result.error,
  });
}

function upgraded(first: z.infer<typeof firstMemorySchema>): ApproverMemory {
  return {
    ...first,
    version: 2,
    pairings: first.pairings.map((pairing) => ({ ...pairing, workspaceId: null })),
    policies: first.policies.map((policy) => ({ ...policy, text: null })),
    grants: [],
  };
}

/** Remembers in words what a standing policy of this approver selects. */
export function rememberGrant(
  memory: ApproverMemory,
  { requestId: policyId, expiresAt }: Pick<DndPolicy, 'requestId' | 'expiresAt'>,
  what: string,
): ApproverMemory {
  const others = memory.grants.filter((grant) => grant.policyId !== policyId);
  return { ...memory, grants: [...others, { policyId, what, expiresAt: parseTime(expiresAt) }] };
}

/** Forgets what has run out: unused secrets, repeatable decisions, words of ended grants. */
export function forgetExpired(memory: ApproverMemory, at: number): ApproverMemory {
  return {
    ...memory,
    pendingSecrets: memory.pendingSecrets.filter((pending) => pending.expiresAt > at),
    decided: memory.decided.filter((record) => record.keepUntil > at),
    grants: memory.grants.filter((grant) => grant.expiresAt > at),
  };
}
