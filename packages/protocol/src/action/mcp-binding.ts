import { z } from 'zod';
import { hexSha256Schema } from '../ids.js';

/** Text that can be hashed; canonical JSON has no other. */
const text = z.string().refine((value) => value.isWellFormed(), { error: 'must be well-formed' });

/** What a server behind the proxy is, as the proxy found it out before it started or called it. */
export const mcpServerSchema = z.discriminatedUnion('transport', [
  z.strictObject({
    transport: z.literal('stdio'),
    command: z.array(text).min(1),
    /** Absolute, resolved. */
    program: text,
    programSha256: hexSha256Schema,
    /** Interpreters of a script, then the files that arguments name; the latter make `node server.js` mean something. */
    files: z.array(z.strictObject({ path: text, sha256: hexSha256Schema })),
  }),
  z.strictObject({ transport: z.literal('http'), url: text }),
  /** A gateway of somebody else forwards the call: of the server only the name is known that it gave. */
  z.strictObject({ transport: z.literal('gateway') }),
]);
/** Identity of an MCP server. */
export type McpServer = z.infer<typeof mcpServerSchema>;

/** A tool as its server described it to the client: claims, never trusted. */
export const mcpDefinitionSchema = z.strictObject({
  /** `hex64` of the RFC 8785 text of the whole definition, schema included. */
  sha256: hexSha256Schema,
  title: text.optional(),
  description: text.optional(),
  /** RFC 8785 text. */
  annotationsJson: text.optional(),
});
/** What a tool says about itself. */
export type McpDefinition = z.infer<typeof mcpDefinitionSchema>;

/** The extension `airlock.mcp` of an `mcp-call`. Foreign JSON is in it as text (ART-140). */
export const mcpBindingSchema = z.strictObject({
  /** JSON-RPC method: `tools/call`, `resources/read`, `prompts/get`, or that of the server's request that is answered. */
  method: text,
  server: mcpServerSchema,
  /** Absent where the client called a tool that no list showed it through the proxy; canonical JSON has no null. */
  definition: mcpDefinitionSchema.optional(),
  /** `hex64` of the arguments' own bytes, as they are forwarded. */
  rawSha256: hexSha256Schema,
  /** RFC 8785 text of `_meta` without what only names the request; absent when nothing is left. */
  metaJson: text.optional(),
  /** RFC 8785 text of every other parameter; absent without any. */
  paramsJson: text.optional(),
});
/** Everything of a gated MCP message that is not its server's name, its tool or its arguments. */
export type McpBinding = z.infer<typeof mcpBindingSchema>;
