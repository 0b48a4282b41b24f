import { type AirlockAction, type McpBinding, mcpBindingSchema } from '@airlock/protocol';

/** Extension member that binds what an MCP call is besides server name, tool and arguments. */
export const MCP_EXTENSION = 'airlock.mcp';

/** What the proxy bound; null for a call that came another way. */
export function mcpBinding(action: AirlockAction): McpBinding | null {
  if (action.kind !== 'mcp-call') return null;
  return mcpBindingSchema.safeParse(action.extensions?.[MCP_EXTENSION]).data ?? null;
}
