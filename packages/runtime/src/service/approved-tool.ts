import { MCP_TOOL_CALL } from '@airlock/actions';
import type { PolicyTool } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { KnownTools } from '../tools/known-tools.js';

/** A tool as the last approved call of it in the workspace was. Throws `tool_unknown` where that does not tell what it is. */
export function approvedTool(
  tools: Pick<KnownTools, 'lastApproved'>,
  workspaceId: string,
  { server, tool }: Pick<PolicyTool, 'server' | 'tool'>,
): PolicyTool {
  const approved = tools.lastApproved(workspaceId, { server, method: MCP_TOOL_CALL, tool });
  if (approved === null) {
    throw unknown(
      'no call of this tool was approved here, so nobody knows what it is',
      'call it once and approve that',
    );
  }
  const { serverSha256, definitionSha256, isShown } = approved;
  if (serverSha256 === null) {
    throw unknown(
      'its last call came through another gateway, so nobody knows what its server is',
      'airlock mcp proxy',
    );
  }
  if (definitionSha256 === null) {
    throw unknown(
      'its client had not seen the definition of the tool',
      'call it once from a client that lists the tools',
    );
  }
  if (!isShown) {
    throw unknown(
      'what was approved last was the call of a host, and nobody saw then what server and tool are',
      'approve one call that the proxy itself asks about',
    );
  }
  return { server, serverSha256, tool, definitionSha256 };
}

function unknown(message: string, fix: string): RuntimeError<string> {
  return new RuntimeError<string>('tool_unknown', message, { fix });
}
