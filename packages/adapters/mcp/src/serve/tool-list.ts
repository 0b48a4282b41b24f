import { LIMITS } from '@airlock/protocol';
import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Longest wait of one call, seconds: clients that take no progress give up after 60. */
export const LONGEST_WAIT = 50;

/** How long the human is waited for unless the caller says otherwise, seconds. */
const WAIT_SECONDS = LIMITS.approvalWaitMs / 1000;
const MAX_WAIT_SECONDS = 3600;

const LINE_BREAKING = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !LINE_BREAKING.test(text), 'must be one line without control characters');

const waitSeconds = z
  .int()
  .min(0)
  .max(LONGEST_WAIT)
  .default(LONGEST_WAIT)
  .describe('How long this call waits for the decision before it answers "pending".');

export const requestApprovalSchema = z.strictObject({
  title: oneLine(200).describe('What you are about to do, in one line.'),
  reason: z.string().min(1).max(2000).optional().describe('Why it is needed.'),
  details: z
    .string()
    .min(1)
    .max(65_536)
    .optional()
    .describe(
      'The exact and complete text that the human has to judge: the command, the difference, the message and whom it goes to. Shown in full.',
    ),
  waitSeconds,
  timeoutSeconds: z
    .int()
    .min(10)
    .max(MAX_WAIT_SECONDS)
    .default(WAIT_SECONDS)
    .describe('How long the human has to decide.'),
});

export const checkApprovalSchema = z.strictObject({
  requestId: z.string().min(1).max(100).describe('As request_approval gave it.'),
  waitSeconds,
});

export const statusSchema = z.strictObject({});

/** What Claude Code sends; members that a later version adds do not change what is approved, which is `input`. */
export const toolUseSchema = z.object({
  tool_name: z.string().min(1).max(256).describe('The tool that the host wants to run.'),
  input: z.record(z.string(), z.unknown()).describe('Its complete input.'),
  tool_use_id: z.string().max(200).optional(),
});

/** Structured form of a decision. Hosts that read it show the model nothing else, so it holds the words too. */
export const decisionSchema = z.object({
  requestId: z.string(),
  state: z.enum(['approved', 'not-gated', 'rejected', 'timeout', 'withdrawn', 'denied', 'pending']),
  approved: z.boolean().describe('True only for a decision of the approver, or a permission signed before.'),
  claimedByAgent: z.literal(true).describe('Airlock neither executes nor sees what will run.'),
  code: z.string().optional(),
  reason: z.string().optional().describe('Of the approver, or why it was denied.'),
  fix: z.string().optional().describe('What the user can type.'),
  message: z.string().describe('All of this in words.'),
});

export const statusAnswerSchema = z.object({
  signedIn: z.boolean(),
  gatewayUrl: z.string().nullable(),
  presence: z.string().describe('Whether the gateway is connected; decides nothing.'),
  folder: z.string(),
  workspace: z.string().nullable().describe('The paired folder around this one.'),
  paired: z.boolean(),
  assurance: z.string().nullable(),
  autoMode: z.boolean().describe('Most calls are not gated.'),
  failMode: z.enum(['closed', 'open']),
  patterns: z.int().describe('Signed patterns of commands that run without asking.'),
  openRequests: z.int(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), fix: z.string().optional() })),
  message: z.string().describe('All of this in words, and what it does not mean.'),
});

export type ToolName = 'request_approval' | 'check_approval' | 'airlock_status' | 'approve_tool_use';

const ASKS = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** The tools as clients list them. */
export const TOOLS: readonly (Tool & { readonly name: ToolName })[] = [
  {
    name: 'request_approval',
    title: 'Ask a human to approve',
    description:
      'Puts a question to the human approver of this folder, on their own device, and waits for the decision. ' +
      'Describe what will happen completely; the human sees exactly what you write, marked as your claim. ' +
      'Airlock executes nothing and does not see what you do afterwards. ' +
      'Answers "pending" with a requestId when there is no decision yet.',
    inputSchema: schemaOf(requestApprovalSchema),
    outputSchema: schemaOf(decisionSchema, 'output'),
    annotations: { title: 'Ask a human to approve', ...ASKS },
  },
  {
    name: 'check_approval',
    title: 'Decision about a request',
    description:
      'Gives the decision about a request that request_approval of this session opened, and waits for it when there is none yet. Asks nobody and executes nothing.',
    inputSchema: schemaOf(checkApprovalSchema),
    outputSchema: schemaOf(decisionSchema, 'output'),
    annotations: { title: 'Decision about a request', ...READS },
  },
  {
    name: 'airlock_status',
    title: 'State of Airlock',
    description:
      'Tells whether Airlock is signed in, whether this folder is paired with an approver, and what is gated here.',
    inputSchema: schemaOf(statusSchema),
    outputSchema: schemaOf(statusAnswerSchema, 'output'),
    annotations: { title: 'State of Airlock', ...READS },
  },
  {
    name: 'approve_tool_use',
    title: 'Permission prompt of a host',
    description:
      "For a host's permission prompt, such as --permission-prompt-tool of Claude Code: asks the human approver whether a tool may run with this input. " +
      'For the host, not for the model: an answer to a call of your own permits nothing.',
    inputSchema: schemaOf(toolUseSchema),
    annotations: { title: 'Permission prompt of a host', ...ASKS },
  },
];

/** JSON Schema of an object, in the SDK's type for it, which is narrower than zod's. */
function schemaOf(schema: z.ZodObject, io: 'input' | 'output' = 'input'): Tool['inputSchema'] {
  return z.toJSONSchema(schema, { io }) as Tool['inputSchema'];
}
