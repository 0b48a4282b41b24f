import { actionFactsSchema } from '@airlock/policy';
import { receiptSchema } from '@airlock/protocol';
import { z } from 'zod';
import { localErrorSchema } from './error-body.js';
import { basisSchema } from './policy-api.js';

/**
 * Shapes of every route on the local socket (PROTOCOL LOC-040). Requests are JSON; a *stream* answers
 * `application/x-ndjson`, one event per line, each with its `event` name, the last one final.
 */

const text = (max: number) => z.string().min(1).max(max);
const absolutePath = z.string().min(1).max(4096).startsWith('/');

export type { LocalErrorBody } from './error-body.js';
export const localErrorEnvelopeSchema = z.object({ error: localErrorSchema });

const errorEvent = localErrorSchema.extend({ event: z.literal('error') });

// GET /v1/status

export const workspaceStatusSchema = z.object({
  path: z.string(),
  workspaceId: z.string(),
  enforcerId: z.string(),
  enforcerLabel: z.string(),
  workspaceName: z.string(),
  paired: z.boolean(),
  state: z.enum(['unpaired', 'pairing', 'paired', 'revoked']),
  assurance: z.enum(['verified', 'gateway-trusted']).nullable(),
  signerKeyId: z.string().nullable(),
  /** Raw Ed25519 key of the pinned approver, `b64u`. */
  signerPublicKey: z.string().nullable(),
  capabilities: z.array(z.string()),
  /** Epoch milliseconds. */
  pairedAt: z.number().nullable(),
  /** Epoch milliseconds of the last use of the recovery code (PAIR-265). */
  recoveryUsedAt: z.number().nullable(),
  auto: z.boolean(),
  /** Epoch milliseconds; null when auto mode is off. */
  autoUntil: z.number().nullable(),
  failMode: z.enum(['closed', 'open']),
  /** Epoch milliseconds; null when fail mode is closed. */
  failOpenUntil: z.number().nullable(),
  /** Texts of the patterns in force. */
  patterns: z.array(z.string()),
  /** Of the signed document in force; 0 without one. */
  policyVersion: z.number(),
});
export type WorkspaceStatus = z.infer<typeof workspaceStatusSchema>;

export const statusAnswerSchema = z.object({
  signedIn: z.boolean(),
  auth: z.string(),
  method: z.enum(['pat', 'oidc']).nullable(),
  consent: z.string(),
  gatewayUrl: z.string().nullable(),
  user: z.string().nullable(),
  presence: z.enum(['offline', 'connecting', 'online', 'backoff']),
  workspaces: z.array(workspaceStatusSchema),
  openRequests: z.number(),
  daemon: z.object({
    running: z.literal(true),
    pid: z.number(),
    /** Epoch milliseconds. */
    startedAt: z.number(),
    /** Whether the kernel tells the daemon who is at the other end of the socket. */
    peerUidChecked: z.boolean(),
  }),
  secrets: z.enum(['keychain', 'file']),
  /** Everything that makes the daemon deny although it runs (corrupt state, broken journal, …). */
  problems: z.array(localErrorSchema.extend({ file: z.string().optional() })),
});
export type StatusAnswer = z.infer<typeof statusAnswerSchema>;

// POST /v1/sign-in (stream), POST /v1/sign-out

export const signInBodySchema = z.strictObject({
  gatewayUrl: z.url({ protocol: /^https?$/ }).max(2048),
  method: z.enum(['pat', 'device']),
  pat: text(512).optional(),
  clientId: text(128).optional(),
  clientSecret: text(128).optional(),
});
export type SignInBody = z.infer<typeof signInBodySchema>;

export const signInEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('verification'),
    userCode: z.string(),
    verificationUri: z.string(),
    verificationUriComplete: z.string().nullable(),
    /** Epoch milliseconds. */
    expiresAt: z.number(),
  }),
  z.object({ event: z.literal('consent'), state: z.string(), consentUrl: z.string().nullable() }),
  z.object({ event: z.literal('signed-in'), user: z.string().nullable() }),
  errorEvent,
]);
export type SignInEvent = z.infer<typeof signInEventSchema>;

export const signOutAnswerSchema = z.object({ signedOut: z.literal(true) });
export type SignOutAnswer = z.infer<typeof signOutAnswerSchema>;

// POST /v1/pairings (stream), POST /v1/pairings/{pairingId}/confirm, POST /v1/unpair

export const pairBodySchema = z.strictObject({
  /** Folder of the workspace; its real path is the identity. */
  workspace: absolutePath,
  mode: z.enum(['initiate', 'claim']),
  /** Mode `claim`: what the approver shows, code and secret. */
  shownCode: text(128).optional(),
  recoveryCode: text(128).optional(),
  /** Origin of the approver page for the link; the gateway's own origin by default. */
  approverOrigin: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  enrollmentCode: text(256).optional(),
  /** True only where somebody sits at the terminal; a gateway-trusted pairing is refused without (PAIR-210). */
  canConfirm: z.boolean().optional(),
});
export type PairBody = z.infer<typeof pairBodySchema>;

export const pairEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('pairing'),
    pairingId: z.string(),
    /** Code and secret; empty in mode `claim`. For the controlling terminal only (PAIR-140). */
    code: z.string(),
    /** Empty in mode `claim`. */
    link: z.string(),
    /** Epoch milliseconds. */
    expiresAt: z.number(),
  }),
  z.object({
    event: z.literal('confirm'),
    pairingId: z.string(),
    safetyNumber: z.string(),
    fingerprint: z.string(),
  }),
  z.object({
    /** Another approver is pinned. Where it is reachable it is being asked now; else only the recovery code helps. */
    event: z.literal('old-approver'),
    pairingId: z.string(),
    signerKeyId: z.string(),
    reachable: z.boolean(),
  }),
  z.object({
    event: z.literal('paired'),
    workspace: z.string(),
    signerKeyId: z.string(),
    assurance: z.enum(['verified', 'gateway-trusted']),
    capabilities: z.array(z.string()),
    safetyNumber: z.string().optional(),
    /** Shown once, at the first verified pairing or after use (PAIR-265). */
    recoveryCode: z.string().optional(),
  }),
  z.object({ event: z.literal('expired') }),
  z.object({ event: z.literal('refused'), reason: z.string(), message: z.string() }),
  errorEvent,
]);
export type PairEvent = z.infer<typeof pairEventSchema>;

export const confirmBodySchema = z.strictObject({ accept: z.boolean() });
export type ConfirmBody = z.infer<typeof confirmBodySchema>;
export const confirmAnswerSchema = z.object({ accepted: z.boolean() });
export type ConfirmAnswer = z.infer<typeof confirmAnswerSchema>;

export const unpairBodySchema = z.strictObject({ workspace: absolutePath });
export type UnpairBody = z.infer<typeof unpairBodySchema>;
export const unpairAnswerSchema = z.object({ workspace: z.string(), unpaired: z.literal(true) });
export type UnpairAnswer = z.infer<typeof unpairAnswerSchema>;

// POST /v1/requests (stream), GET /v1/requests, POST /v1/requests/{requestId}/claim|outcome|withdraw

export const requestBodySchema = z.strictObject({
  workspace: absolutePath,
  /** What `@airlock/actions` made (`ActionContent`); checked again by the daemon. */
  action: z.record(z.string(), z.unknown()),
  /** What the adapter found out beside it; without facts no pattern applies. */
  facts: actionFactsSchema.optional(),
  /** How long to wait for the human, in seconds. */
  timeoutSeconds: z.number().int().min(1).max(86_400),
  /** The host's session, for limits and grants. */
  sessionId: text(200).optional(),
  /** Who asks: `run`, `approve`, … shown on the card. */
  source: text(64),
  /** Short text beside the request in lists; display only. */
  label: text(128).optional(),
  /** The one who asks says what will run and runs it itself: the card says so (`claimed-by-agent`). */
  isClaimed: z.literal(true).optional(),
  /**
   * Id that the adapter has announced before it could ask (a trailer of a commit message). One that named a request before is
   * refused (`request_id_used`).
   */
  requestId: z
    .string()
    .regex(/^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .optional(),
});
export type RequestBody = z.infer<typeof requestBodySchema>;

export const decidedOutcomeSchema = z.enum([
  'approved',
  'rejected',
  'policy',
  'timeout',
  'failed',
  'withdrawn',
  'passed',
]);
export type DecidedOutcome = z.infer<typeof decidedOutcomeSchema>;

export const requestEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('submitted'),
    requestId: z.string(),
    /** Epoch milliseconds. */
    expiresAt: z.number(),
    artifactHash: z.string(),
  }),
  z.object({
    /** The gateway could not be reached or answered with an error; it is asked again after `afterMs` milliseconds. */
    event: z.literal('retrying'),
    requestId: z.string(),
    code: z.string(),
    afterMs: z.number(),
  }),
  z.object({
    event: z.literal('decided'),
    requestId: z.string(),
    /** `pass`: nothing gates this call; the host's own permission flow decides (LOC-045). Claimed like an approval. */
    verdict: z.enum(['allow', 'pass', 'deny']),
    outcome: decidedOutcomeSchema,
    /** What stands behind a verdict for which no human was asked. */
    basis: basisSchema.optional(),
    /** `HARP_ERR_…` or a local code; absent on allow and on a plain rejection. */
    code: z.string().optional(),
    /** Untrusted text of at most 1000 characters (ENF-050), or our own explanation. */
    reason: z.string().optional(),
    fix: z.string().optional(),
    signerKeyId: z.string().optional(),
    assurance: z.enum(['verified', 'gateway-trusted']).optional(),
  }),
  errorEvent,
]);
export type RequestEvent = z.infer<typeof requestEventSchema>;

export const claimAnswerSchema = z.discriminatedUnion('granted', [
  z.object({ granted: z.literal(true) }),
  z.object({ granted: z.literal(false), code: z.string(), message: z.string() }),
]);
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;

export const outcomeBodySchema = z.strictObject({
  /** `not-started`: the last check failed and nothing ran. */
  result: z.enum(['exited', 'signalled', 'not-started', 'unknown']),
  exitCode: z.number().int().min(0).max(255).optional(),
  signal: text(16).optional(),
  /** Why it was not started, a code. */
  code: text(64).optional(),
});
export type OutcomeBody = z.infer<typeof outcomeBodySchema>;
export const outcomeAnswerSchema = z.object({ recorded: z.literal(true) });
export type OutcomeAnswer = z.infer<typeof outcomeAnswerSchema>;

// GET /v1/requests/{requestId}/receipt

export const receiptAnswerSchema = z.object({ receipt: receiptSchema });
export type ReceiptAnswer = z.infer<typeof receiptAnswerSchema>;

export const withdrawBodySchema = z.strictObject({ reason: text(200).optional() });
export type WithdrawBody = z.infer<typeof withdrawBodySchema>;
export const withdrawAnswerSchema = z.object({ withdrawn: z.boolean() });
export type WithdrawAnswer = z.infer<typeof withdrawAnswerSchema>;

export const requestsAnswerSchema = z.object({
  requests: z.array(
    z.object({
      requestId: z.string(),
      workspace: z.string(),
      source: z.string(),
      kind: z.string(),
      state: z.string(),
      /** Epoch milliseconds. */
      createdAt: z.number(),
      /** Epoch milliseconds. */
      expiresAt: z.number(),
    }),
  ),
});
export type RequestsAnswer = z.infer<typeof requestsAnswerSchema>;

// GET /v1/decisions

export const decisionsAnswerSchema = z.object({
  /** The newest first, since the daemon started, at most 50. */
  decisions: z.array(
    z.object({
      requestId: z.string(),
      workspace: z.string(),
      source: z.string(),
      kind: z.string(),
      verdict: z.enum(['allow', 'pass', 'deny']),
      outcome: decidedOutcomeSchema,
      code: z.string().optional(),
      /** Of the approver, untrusted, or ours. */
      reason: z.string().optional(),
      /** Epoch milliseconds. */
      decidedAt: z.number(),
    }),
  ),
});
export type DecisionsAnswer = z.infer<typeof decisionsAnswerSchema>;
