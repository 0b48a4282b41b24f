import { z } from 'zod';
import { CanonicalizationError } from '../errors/local-errors.js';
import { hexSha256Schema, rfc3339Schema } from '../ids.js';
import { parseCanonical } from '../json/canonical.js';

/** 32 bytes in base64url: 43 characters, the last of which holds four bits. */
const KEY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Documents stay readable by a human on a phone, and far below the limit of an artifact. */
const MOST = {
  patterns: 100,
  tools: 100,
  paths: 100,
  gates: 16,
  files: 64,
  words: 4096,
  path: 4096,
  name: 200,
} as const;

const absolutePathSchema = z.string().max(MOST.path).startsWith('/');

/** A program file as it was pinned: where it is, which file that is, and what is in it. */
export const programIdentitySchema = z.strictObject({
  /** Real path. */
  path: absolutePathSchema,
  /** Decimal. */
  device: z.string().regex(/^\d{1,20}$/),
  /** Decimal. */
  inode: z.string().regex(/^\d{1,20}$/),
  sha256: hexSha256Schema,
});
/** A pinned program file. */
export type ProgramIdentity = z.infer<typeof programIdentitySchema>;

/** One file, or one part of a file, that decides what a program does, and the hash of its content. */
export const configurationFactSchema = z.strictObject({
  name: z.string().min(1).max(MOST.path),
  sha256: hexSha256Schema,
});
/** A pinned piece of configuration; what is absent has no entry. */
export type ConfigurationFact = z.infer<typeof configurationFactSchema>;

/** A command that needs no human, with everything it was pinned to (ENF-170, ENF-175, SECURITY-NOTES 4). */
export const policyPatternSchema = z.strictObject({
  /** Words of one simple command as typed, optionally with ` *` at the end. */
  text: z.string().min(1).max(MOST.words),
  /** Real path of the one folder it is valid in. */
  cwd: absolutePathSchema,
  /** Real path of the shell that may read it; without a shell between, any pattern applies. */
  shell: absolutePathSchema.optional(),
  /** Absent for a builtin of the shell. */
  program: programIdentitySchema.optional(),
  /** Interpreters of a script, in the order of the chain. */
  interpreters: z.array(programIdentitySchema).max(8).optional(),
  /** Sorted by name. */
  configuration: z.array(configurationFactSchema).max(MOST.files),
  /** Of the loader and interpreter variables that differ from a bare login. */
  environmentSha256: hexSha256Schema,
});
/** A pattern of a policy document. */
export type PolicyPattern = z.infer<typeof policyPatternSchema>;

/** A tool of an MCP server that needs no human, while server and definition are what they were (LOC-080). */
export const policyToolSchema = z.strictObject({
  /** Name of the server as its client knows it. */
  server: z.string().min(1).max(MOST.name),
  /** Of the canonical JSON of the server's identity: program, files and arguments, or address. */
  serverSha256: hexSha256Schema,
  tool: z.string().min(1).max(MOST.name),
  /** Of the RFC 8785 text of the tool's definition. */
  definitionSha256: hexSha256Schema,
});
/** A tool of a policy document. */
export type PolicyTool = z.infer<typeof policyToolSchema>;

/**
 * What a workspace may require beyond the protocol's minimum: to be asked for reads too (LOC-045), the canonical decision
 * (ENF-030), a verified pairing (PAIR-210). Sorted.
 */
export const policyRequirementSchema = z.enum(['ask-reads', 'harp-decision', 'verified-pairing']);
/** One of {@link policyRequirementSchema}. */
export type PolicyRequirement = z.infer<typeof policyRequirementSchema>;

/** A layer of the gate that can be switched off by signature: the `source` of its requests. */
export const policyGateSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const untilSchema = z.strictObject({ until: rfc3339Schema });

/**
 * The document of a signed `policy.change` (LOC-082). Exact: a member that this version does not know must not be
 * half-understood, so such a document counts as unreadable and the strictest policy applies (LOC-080).
 */
export const policyDocumentSchema = z.strictObject({
  /** The larger of the replaced document's version + 1 and the Unix time in seconds. */
  version: z.int().min(1),
  /**
   * Ed25519 key of the approver that takes the place of the one who signs (PAIR-260), base64url of 32 bytes. A document
   * with it replaces the approver and puts no policy in force.
   */
  approverKey: z.string().regex(KEY).optional(),
  /** Auto mode on: nothing but protected targets is gated until then. */
  auto: untilSchema.optional(),
  /** Fail mode open until then (ENF-155). */
  failOpen: untilSchema.optional(),
  patterns: z.array(policyPatternSchema).max(MOST.patterns).optional(),
  tools: z.array(policyToolSchema).max(MOST.tools).optional(),
  gatesOff: z.array(policyGateSchema).max(MOST.gates).optional(),
  /** Real paths of folders that Airlock leaves alone (LOC-130). */
  unmanaged: z.array(absolutePathSchema).max(MOST.paths).optional(),
  requirements: z.array(policyRequirementSchema).max(policyRequirementSchema.options.length).optional(),
});
/** A policy document. */
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

/** The document that a text is, or null when it is not canonical or not of {@link policyDocumentSchema}. */
export function readPolicyDocument(text: string): PolicyDocument | null {
  try {
    return policyDocumentSchema.safeParse(parseCanonical(text)).data ?? null;
  } catch (error) {
    if (error instanceof CanonicalizationError) return null;
    throw error;
  }
}
