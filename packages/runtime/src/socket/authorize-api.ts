import { policyGateSchema } from '@airlock/protocol';
import { z } from 'zod';
import { basisSchema } from './policy-api.js';

/** Shapes of the routes by which other programs ask for an approval (docs/authorize.md). */

const text = (max: number) => z.string().min(1).max(max);

// POST /v1/authorize

export const authorizeBodySchema = z.strictObject({
  /** Folder whose approver decides. May be left out where the endpoint is bound to one. */
  workspace: z.string().min(1).max(4096).startsWith('/').optional(),
  /** Who asks, shown on the card; the gate that a policy may name. */
  source: policyGateSchema,
  /** Of the agent, for limits and grants. */
  sessionId: text(200),
  /** Names this call. The same body again goes on waiting for its decision; each decision is given once. */
  callId: text(200).optional(),
  /** Present for a tool of an MCP server. */
  server: text(256).optional(),
  tool: text(256),
  /** Source text of the arguments, a JSON object; refused when it reads in more than one way (ART-140). */
  inputJson: z.string(),
  /** One line for the human; claimed. */
  description: text(1000).optional(),
  /** How long the human is waited for. */
  timeoutSeconds: z.int().min(1).max(86_400),
  /** After this long without a decision the answer is `pending`; needs a `callId`. Absent: it waits. */
  waitSeconds: z.int().min(0).max(86_400).optional(),
});
export type AuthorizeBody = z.infer<typeof authorizeBodySchema>;

export const authorizeAnswerSchema = z.discriminatedUnion('decision', [
  /** On record as used: good for this one call. */
  z.object({ decision: z.literal('allow'), requestId: z.string(), basis: basisSchema.optional() }),
  /** Nothing gates this call; it is nobody's approval. */
  z.object({ decision: z.literal('pass'), requestId: z.string(), basis: basisSchema }),
  z.object({
    decision: z.literal('deny'),
    requestId: z.string().nullable(),
    code: z.string(),
    reason: z.string(),
    fix: z.string().optional(),
  }),
  z.object({ decision: z.literal('pending') }),
]);
export type AuthorizeAnswer = z.infer<typeof authorizeAnswerSchema>;

// POST /v1/endpoint: the same on loopback TCP, for callers that cannot use a Unix socket.

export const endpointBodySchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('on'),
    /** The one folder that this endpoint may ask about. */
    workspace: z.string().min(1).max(4096).startsWith('/'),
    /** 0: any free one. */
    port: z.int().min(0).max(65_535),
  }),
  z.strictObject({ state: z.literal('off') }),
  z.strictObject({ state: z.literal('show') }),
]);
export type EndpointBody = z.infer<typeof endpointBodySchema>;

export const endpointAnswerSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('on'),
    workspace: z.string(),
    url: z.string(),
    /** Only in the answer to `on`: kept nowhere but as its hash. */
    token: z.string().optional(),
  }),
  z.object({ state: z.literal('off') }),
]);
export type EndpointAnswer = z.infer<typeof endpointAnswerSchema>;
