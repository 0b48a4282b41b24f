import { z } from 'zod';
import {
  base64UrlSchema,
  enforcerIdSchema,
  hexSha256Schema,
  requestIdSchema,
  rfc3339Schema,
  workspaceIdSchema,
} from '../ids.js';
import { jsonObjectSchema } from '../messages/shape.js';

/** Facts that a card shows, by their own names (ART-145). */
export const NOTICES = [
  'claimed-by-agent',
  'command-approved',
  'content-not-shown',
  'recovery-used',
  'same-host',
  'tool-changed',
  'touches-gate',
  'unprotected-key',
  'user-side-facts',
] as const;
/** One of {@link NOTICES}. */
export type Notice = (typeof NOTICES)[number];

/** Where standard input of a command comes from. */
export const stdinKindSchema = z.enum(['none', 'tty', 'pipe', 'file']);
/** Where standard input of a command comes from. */
export type StdinKind = z.infer<typeof stdinKindSchema>;

/** One changed file of a `file-edit`. */
export const fileChangeSchema = z.strictObject({
  path: z.string(),
  preimageSha256: hexSha256Schema.optional(),
  sha256: hexSha256Schema,
  diff: z.string().optional(),
  text: z.string().optional(),
});
/** One changed file. */
export type FileChange = z.infer<typeof fileChangeSchema>;

/** One commit of a `git-commit` or `git-push`. */
export const commitSchema = z.strictObject({
  tree: z.string(),
  parents: z.array(z.string()),
  author: z.string(),
  committer: z.string(),
  message: z.string(),
  diff: z.string(),
});
/** One commit. */
export type Commit = z.infer<typeof commitSchema>;

/** Members that change with every request; `contentSha256` leaves them out (ART-142). */
export const PER_REQUEST_MEMBERS = ['requestId', 'createdAt', 'expiresAt', 'salt', 'contentSha256'] as const;

const common = {
  type: z.literal('airlock.action'),
  v: z.literal(1),
  requestId: requestIdSchema,
  artifactType: z.string(),
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  salt: base64UrlSchema.length(22),
  enforcerId: enforcerIdSchema,
  workspaceId: workspaceIdSchema,
  workspace: z.string(),
  repoName: z.string(),
  repoRef: z.string(),
  source: z.string(),
  sessionId: z.string().optional(),
  contentSha256: hexSha256Schema,
  policyVersion: z.int().min(0),
  policySha256: hexSha256Schema,
  notices: z.array(z.string()).refine(isSortedOnce, { error: 'must be sorted, each name once' }).optional(),
  actionType: z.string(),
  commandText: z.string(),
  description: z.string(),
  tool: z.string().optional(),
  inputJson: z.string().optional(),
  extensions: jsonObjectSchema.optional(),
};

function isSortedOnce(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
}

const toolCall = { tool: z.string(), inputJson: z.string() };
const gitChange = { repository: z.string(), commits: z.array(commitSchema), refs: z.array(z.string()) };

/**
 * The plaintext that is hashed and encrypted (section 11), by kind. Exact: an unknown member would be hashed without
 * being shown.
 */
export const airlockActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('command'),
    argv: z.array(z.string()),
    cwd: z.string(),
    program: z.string(),
    programSha256: hexSha256Schema,
    environment: z.record(z.string(), z.string()),
    stdin: stdinKindSchema,
    shell: z.string().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('file-edit'), files: z.array(fileChangeSchema) }),
  z.strictObject({ ...common, kind: z.literal('mcp-call'), server: z.string(), ...toolCall }),
  z.strictObject({ ...common, kind: z.literal('git-commit'), ...gitChange }),
  z.strictObject({ ...common, kind: z.literal('git-push'), ...gitChange }),
  z.strictObject({ ...common, kind: z.literal('policy.change'), policy: z.string() }),
  z.strictObject({ ...common, kind: z.literal('tool'), ...toolCall }),
]);
/** The plaintext of an artifact. */
export type AirlockAction = z.infer<typeof airlockActionSchema>;
/** Kind of an action. */
export type ActionKind = AirlockAction['kind'];
/** The plaintext of one kind. */
export type ActionOf<Kind extends ActionKind> = Extract<AirlockAction, { readonly kind: Kind }>;
