import { isJsonObject, type JsonObject, rfc8785 } from '@airlock/protocol';
import { z } from 'zod';
import { idSchema, members, pathSchema } from './read-event.js';

/** A tool call as the host reports it. */
export interface ToolEvent {
  readonly sessionId: string;
  /** Null where a layer cannot tell it. */
  readonly cwd: string | null;
  readonly tool: string;
  readonly input: JsonObject;
  /** RFC 8785 text of `input` (ART-140). */
  readonly inputJson: string;
  readonly toolUseId: string | null;
  readonly agentId: string | null;
  /** Of an MCP tool, where the host says it. */
  readonly server: { readonly name: string; readonly source: string | null } | null;
}

const toolInput = z.custom<JsonObject>(isJsonObject);

const toolEventSchema = z.object({
  session_id: idSchema,
  cwd: pathSchema.nullish(),
  tool_name: idSchema,
  tool_input: toolInput,
  tool_use_id: idSchema.nullish(),
  agent_id: idSchema.nullish(),
  mcp_server: z.object({ name: idSchema, source: z.string().max(200).optional() }).nullish(),
});

/**
 * Reads a tool call from a decoded event.
 * @throws AdapterFailure `input_invalid`
 */
export function toolEvent(event: JsonObject): ToolEvent {
  const read = members(event, toolEventSchema);
  const server = read.mcp_server ?? null;
  return {
    sessionId: read.session_id,
    cwd: read.cwd ?? null,
    tool: read.tool_name,
    input: read.tool_input,
    inputJson: rfc8785(read.tool_input),
    toolUseId: read.tool_use_id ?? null,
    agentId: read.agent_id ?? null,
    server: server === null ? null : { name: server.name, source: server.source ?? null },
  };
}
