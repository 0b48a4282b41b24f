import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.number().int().min(0);
const assurance = z.enum(['verified', 'gateway-trusted']);

/** Credential without its secrets; `secret` names the entry of the secret store that completes it. */
const authSchema = z.strictObject({
  gatewayUrl: z.string(),
  kind: z.enum(['pat', 'oidc']),
  secret: z.string(),
});

const pairingSchema = z.strictObject({
  gatewayUrl: z.string(),
  secret: z.string(),
  signerKeyId: z.string(),
  publicKey: z.string(),
  capabilities: z.array(z.string()),
  assurance,
  approverDeviceId: z.string(),
  safetyNumber: z.string(),
  pairedAt: time,
});

const standingSchema = z.strictObject({
  active: pairingSchema.nullable(),
  revoked: z.boolean(),
  pin: z.strictObject({ publicKey: z.string(), signerKeyId: z.string(), assurance, pinnedAt: time }).nullable(),
  recovery: z.string().nullable(),
  recoveryUsedAt: time.nullable(),
  revokedKeys: z.array(z.strictObject({ signerKeyId: z.string(), publicKey: z.string(), revokedAt: time })),
});

const workspaceSchema = z.strictObject({
  /** Real path: the identity (LOC-130). */
  path: z.string(),
  /** `ws-<uuid>`: what peers see instead of the path. */
  workspaceId: z.string(),
  /** `enf-<uuid>` (ID-110). */
  enforcerId: z.string(),
  enforcerLabel: z.string(),
  workspaceName: z.string(),
  standing: standingSchema.nullable(),
});

/**
 * Who is trusted for which workspace, kept apart from the state file so that neither losing nor rolling that one back
 * loses a pin (PAIR-260). The last one is the newest.
 */
export const trustRecordSchema = z.strictObject({ accepted: z.array(z.array(workspaceSchema)).min(1) });

/** What the state file holds; everything secret is elsewhere. */
export const stateSchema = z.strictObject({
  v: z.literal(1),
  auth: authSchema.nullable(),
  workspaces: z.array(workspaceSchema),
  rejections: z.array(z.strictObject({ contentSha256: hash, at: time })),
});

export type StoredState = z.infer<typeof stateSchema>;
export type StoredWorkspace = z.infer<typeof workspaceSchema>;
export type StoredStanding = z.infer<typeof standingSchema>;

export const EMPTY_STATE: StoredState = { v: 1, auth: null, workspaces: [], rejections: [] };

const idp = z.strictObject({ baseUrl: z.string(), clientId: z.string() });

/** The secret half of the sign-in. */
export const authSecretSchema = z.strictObject({
  credential: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pat'), pat: z.string() }),
    z.strictObject({
      kind: z.literal('oidc'),
      idp,
      accessToken: z.string(),
      refreshToken: z.string(),
      expiresAt: z.number(),
    }),
  ]),
  app: z.strictObject({ clientId: z.string(), clientSecret: z.string().optional() }).optional(),
});

/** The secret half of a pairing. */
export const pairingSecretSchema = z.strictObject({ routingToken: z.string(), pairingKey: z.string() });

export const openRequestsSchema = z.array(z.strictObject({ requestId: z.string(), workspaceId: z.string() }));
