import { policyGateSchema, policyPatternSchema, policyRequirementSchema, policyToolSchema } from '@airlock/protocol';
import { actionFactsSchema } from '@airlock/policy';
import { z } from 'zod';
import { localErrorSchema } from './error-body.js';

/** Shapes of the policy routes on the local socket. Times are epoch milliseconds. */

const text = (max: number) => z.string().min(1).max(max);
const absolutePath = z.string().min(1).max(4096).startsWith('/');

// POST /v1/policy/changes (stream): loosening; the approver has to sign (LOC-080).

export const policyChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto-on'), until: z.int().positive() }),
  z.strictObject({ kind: z.literal('fail-open'), until: z.int().positive() }),
  z.strictObject({ kind: z.literal('add-pattern'), pattern: policyPatternSchema }),
  /** As the last approved call of it was (ART-145). */
  z.strictObject({ kind: z.literal('allow-tool'), server: text(200), tool: text(200) }),
  z.strictObject({ kind: z.literal('unmanage'), path: absolutePath }),
  z.strictObject({ kind: z.literal('gate-off'), gate: policyGateSchema }),
  z.strictObject({ kind: z.literal('lift-requirement'), requirement: policyRequirementSchema }),
  z.strictObject({ kind: z.literal('renew') }),
]);
export const policyChangeBodySchema = z.strictObject({
  workspace: absolutePath,
  change: policyChangeSchema,
  timeoutSeconds: z.int().min(1).max(86_400),
});
export type PolicyChangeBody = z.infer<typeof policyChangeBodySchema>;

export const policyChangeEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('submitted'), requestId: z.string(), expiresAt: z.number(), summary: z.string() }),
  z.object({ event: z.literal('retrying'), requestId: z.string(), code: z.string(), afterMs: z.number() }),
  /** Signed, verified, stored and in force. */
  z.object({ event: z.literal('applied'), version: z.number(), sha256: z.string(), signerKeyId: z.string() }),
  z.object({
    event: z.literal('refused'),
    outcome: z.enum(['rejected', 'policy', 'timeout', 'failed', 'withdrawn']),
    code: z.string().optional(),
    reason: z.string().optional(),
    fix: z.string().optional(),
  }),
  localErrorSchema.extend({ event: z.literal('error') }),
]);
export type PolicyChangeEvent = z.infer<typeof policyChangeEventSchema>;

// POST /v1/policy/restrictions: tightening; immediate, needs nobody (LOC-085).

export const restrictionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto-off') }),
  z.strictObject({ kind: z.literal('fail-closed') }),
  /** Of a pattern or of a tool. */
  z.strictObject({ kind: z.literal('pattern-removed'), patternId: text(64) }),
  z.strictObject({ kind: z.literal('path-managed'), path: absolutePath }),
  z.strictObject({ kind: z.literal('gate-on'), gate: policyGateSchema }),
  z.strictObject({ kind: z.literal('require'), requirement: policyRequirementSchema }),
  /** A standing policy of the approver that is not to be honoured here any more. */
  z.strictObject({ kind: z.literal('grant-ended'), policyId: text(128) }),
]);
export const restrictionBodySchema = z.strictObject({ workspace: absolutePath, restriction: restrictionSchema });
export type RestrictionBody = z.infer<typeof restrictionBodySchema>;
/** `changed` is false when it held already. */
export const restrictionAnswerSchema = z.object({ recorded: z.literal(true), changed: z.boolean() });
export type RestrictionAnswer = z.infer<typeof restrictionAnswerSchema>;

// POST /v1/policy/show

export const policyShowBodySchema = z.strictObject({ workspace: absolutePath });
export type PolicyShowBody = z.infer<typeof policyShowBodySchema>;
export const policyAnswerSchema = z.object({
  workspace: z.string(),
  /** Of the signed document; 0 without one. */
  version: z.number(),
  sha256: z.string(),
  signedBy: z.string().nullable(),
  signedAt: z.number().nullable(),
  autoUntil: z.number().nullable(),
  failOpenUntil: z.number().nullable(),
  patterns: z.array(z.object({ id: z.string(), pattern: policyPatternSchema })),
  /** Tools of MCP servers that are called without asking. */
  tools: z.array(z.object({ id: z.string(), tool: policyToolSchema })).optional(),
  gatesOff: z.array(z.string()),
  unmanaged: z.array(z.string()),
  requirements: z.array(z.string()),
  /** Standing policies known at this moment. */
  standing: z.array(
    z.object({
      policyId: z.string(),
      effect: z.enum(['approve', 'deny']),
      scope: z.enum(['workspace', 'action']),
      selector: z.record(z.string(), z.unknown()).optional(),
      sessionId: z.string().optional(),
      expiresAt: z.number(),
    }),
  ),
  /** Local restrictions that narrow the signed document, in their order; what was taken away, by id, path or name. */
  restrictions: z.array(z.object({ kind: z.string(), what: z.string().optional() })).optional(),
  /** Why the strictest policy is in force although there should be a signed one; absent when all is well. */
  problem: localErrorSchema.optional(),
});
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;

// POST /v1/policy/explain

export const explainBodySchema = z.strictObject({
  workspace: absolutePath,
  action: z.record(z.string(), z.unknown()),
  facts: actionFactsSchema.optional(),
  sessionId: text(200).optional(),
  source: text(64),
});
export type ExplainBody = z.infer<typeof explainBodySchema>;
export const basisSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pattern'), patternIds: z.array(z.string()) }),
  z.object({ kind: z.literal('grant'), policyId: z.string() }),
  z.object({ kind: z.literal('auto'), until: z.number() }),
  z.object({ kind: z.literal('gate-off'), gate: z.string() }),
  z.object({ kind: z.literal('read') }),
  z.object({ kind: z.literal('unmanaged'), path: z.string() }),
  z.object({ kind: z.literal('fail-open'), until: z.number() }),
  z.object({ kind: z.literal('denial'), policyId: z.string() }),
  /** A human approved the call that this is a part of, under that id (LOC-147). */
  z.object({ kind: z.literal('handed-over'), requestId: z.string() }),
]);
/** What stands behind a verdict for which no human was asked. */
export type Basis = z.infer<typeof basisSchema>;
export const explainAnswerSchema = z.object({
  verdict: z.enum(['allow', 'pass', 'deny', 'ask']),
  basis: basisSchema.optional(),
  /** Of `ask`: a code of `ASK_REASONS` or `MATCH_REASONS`. */
  reason: z.string().optional(),
  detail: z.string().optional(),
  /** Parts of the gate that the action touches, in words. */
  touchesGate: z.array(z.string()),
});
export type ExplainAnswer = z.infer<typeof explainAnswerSchema>;
