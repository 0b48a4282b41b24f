import { sha256Hex } from '@airlock/crypto';
import {
  type AirlockAction,
  canonicalBytes,
  type HexSha256,
  type McpBinding,
  mcpBindingSchema,
  type McpServer,
} from '@airlock/protocol';

/** Extension member that binds what an MCP call is besides server name, tool and arguments. */
export const MCP_EXTENSION = 'airlock.mcp';

/** The one method that calls a tool. */
export const MCP_TOOL_CALL = 'tools/call';

/** What an MCP call goes to: names that anybody may take, and hashes that say what is behind them. */
export interface McpTarget {
  /** Name of the server as its client knows it. */
  readonly server: string;
  readonly method: string;
  /** Name of the tool; of the method where no tool is called. */
  readonly tool: string;
  /** {@link mcpServerSha256} */
  readonly serverSha256: HexSha256 | null;
  /** Of the tool's definition; null where the client never saw it. */
  readonly definitionSha256: HexSha256 | null;
}

/** What the proxy bound; null for a call that came another way. */
export function mcpBinding(action: AirlockAction): McpBinding | null {
  if (action.kind !== 'mcp-call') return null;
  return mcpBindingSchema.safeParse(action.extensions?.[MCP_EXTENSION]).data ?? null;
}

/**
 * SHA-256 of the canonical JSON of everything that a server is known by: equal exactly for equal servers. Null where
 * nothing but its name is known.
 */
export function mcpServerSha256(server: McpServer): HexSha256 | null {
  return server.transport === 'gateway' ? null : sha256Hex(canonicalBytes(server));
}

/** What a call goes to; null for a call without a binding. */
export function mcpTarget(action: AirlockAction): McpTarget | null {
  const binding = mcpBinding(action);
  if (action.kind !== 'mcp-call' || binding === null) return null;
  const { method, server, definition } = binding;
  return {
    server: action.server,
    method,
    tool: action.tool,
    serverSha256: mcpServerSha256(server),
    definitionSha256: definition?.sha256 ?? null,
  };
}
