import { check, checkToolCall, cwdMember } from '../checks.js';
import type { McpCallContent, McpCallFacts, ToolContent, ToolFacts } from '../content.js';
import { MCP_EXTENSION } from './mcp-call.js';

/**
 * Makes the content of a `tool` action: a tool of the host of which only its input is known (ART-140).
 * @throws ActionError `action_invalid` for an input that is not in the form of ART-140
 */
export function toolAction(facts: ToolFacts): ToolContent {
  checkToolCall(facts);
  const { tool, inputJson, description } = facts;
  return {
    kind: 'tool',
    actionType: 'tool_call',
    commandText: tool,
    description,
    tool,
    inputJson,
    ...cwdMember(facts.cwd),
  };
}

/**
 * Makes the content of an `mcp-call` action.
 * @throws ActionError `action_invalid` without a server, or for an input that is not in the form of ART-140
 */
export function mcpCallAction(facts: McpCallFacts): McpCallContent {
  checkToolCall(facts);
  check(facts.server !== '', 'A call needs the name of its server');
  const { server, tool, inputJson, binding, description = 'Call a tool of a server' } = facts;
  const { extensions } = cwdMember(facts.cwd);
  const bound = { ...extensions, ...(binding === undefined ? {} : { [MCP_EXTENSION]: binding }) };
  return {
    kind: 'mcp-call',
    actionType: 'mcp_call',
    commandText: `${server}.${tool}`,
    description,
    server,
    tool,
    inputJson,
    ...(Object.keys(bound).length === 0 ? {} : { extensions: bound }),
  };
}
