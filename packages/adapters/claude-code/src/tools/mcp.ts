import type { ToolEvent } from '../events/tool-event.js';
import { UNKNOWN_TOOL } from './known-members.js';
import { describeInput } from './plain-tool.js';
import type { DescribedTool, ToolCall } from './tool-call.js';

const PREFIX = 'mcp__';

/** A tool of an MCP server. */
interface McpTool {
  readonly server: string;
  /** As the server names it. */
  readonly tool: string;
}

/** Whether a tool name belongs to an MCP server. */
export function isMcpName(tool: string): boolean {
  return tool.startsWith(PREFIX);
}

/** The host writes every other character of a name as `_`. */
function inToolName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/**
 * Server and tool behind `mcp__server__tool`: the server as the host says it when that agrees with the name, else the
 * part up to the next `__`. Null for a name that is no such name.
 */
function mcpTool({ tool, server }: Pick<ToolEvent, 'tool' | 'server'>): McpTool | null {
  const rest = tool.slice(PREFIX.length);
  if (server !== null) {
    const start = `${inToolName(server.name)}__`;
    return rest.startsWith(start) && rest.length > start.length
      ? { server: server.name, tool: rest.slice(start.length) }
      : null;
  }
  const end = rest.indexOf('__', 1);
  return end < 1 || end + 2 >= rest.length ? null : { server: rest.slice(0, end), tool: rest.slice(end + 2) };
}

/** A call of a tool of an MCP server, with its complete arguments. */
export async function describeMcp(call: ToolCall): Promise<DescribedTool> {
  const { tool, server } = call.event;
  const named = mcpTool(call.event);
  if (named === null) {
    const says = server === null ? '' : ` of an MCP server that calls itself ${server.name}`;
    return await describeInput(call, {
      tool,
      description: `Claude Code: ${tool}${says}`,
      unknownInput: [UNKNOWN_TOOL],
    });
  }
  const source = server === null || server.source === null ? '' : ` (${server.source})`;
  const description = `${named.tool} of the MCP server ${named.server}${source}`;
  return { ...(await describeInput(call, { ...named, description, unknownInput: [] })), handsOver: true };
}
