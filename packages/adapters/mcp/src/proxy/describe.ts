import type { McpCallContent } from '@airlock/actions';
import type { McpDefinition, McpServer } from '@airlock/protocol';
import type { Request } from '../jsonrpc/message.js';

/** A gated message in its place. */
export interface GatedCall {
  readonly request: Request;
  /** Name of the server as the client knows it. */
  readonly serverName: string;
  readonly server: McpServer;
  readonly definition: McpDefinition | null;
  /** Real path. */
  readonly folder: string;
}

/** Layer of the gate a method belongs to, the `source` of its requests; null for what is not gated. */
export type McpGate = 'mcp' | 'mcp-resources' | 'mcp-prompts' | 'mcp-sampling' | 'mcp-elicitation';

/** The gate of a client's request: every `tools/call`, and reads of resources and prompts unless the policy leaves them out. */
export function gateOf(_method: string): McpGate | null {
  throw new Error('not built yet');
}

/**
 * What a gated request will do, complete (ART-130).
 * @throws JsonError for parameters that read in more than one way, and `call_invalid` for what is no call
 */
export function describeCall(_call: GatedCall): McpCallContent {
  throw new Error('not built yet');
}
