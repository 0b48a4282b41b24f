import { MCP_TOOL_CALL, mcpBinding, type McpTarget, mcpTarget } from '@airlock/actions';
import type { AirlockAction, PolicyTool } from '@airlock/protocol';
import type { ToolInForce } from '../document/in-force.js';
import type { Verdict } from '../verdict.js';
import { ask } from './ask.js';

type Answer = Extract<Verdict, { readonly kind: 'allow' | 'ask' }>;

/**
 * Whether a signed tool covers a call, or why none does. It covers `tools/call` of exactly this tool by exactly this
 * server, and only what the enforcer forwards itself. Parameters beside the arguments (answers to the server's questions,
 * tasks) are none that the definition of a tool describes.
 */
export function toolVerdict(action: AirlockAction, tools: readonly ToolInForce[]): Answer {
  const target = mcpTarget(action);
  if (target?.method !== MCP_TOOL_CALL || isClaimed(action)) return ask('no_rule');
  const named = tools.filter(({ tool }) => tool.server === target.server && tool.tool === target.tool);
  const exact = named.find(({ tool }) => changes(tool, target).length === 0);
  if (exact !== undefined && mcpBinding(action)?.paramsJson !== undefined)
    return ask('unknown_input', 'parameters beside the arguments');
  if (exact !== undefined) return { kind: 'allow', basis: { kind: 'pattern', patternIds: [exact.id] } };
  const [closest] = named.map(({ tool }) => changes(tool, target)).sort((one, other) => one.length - other.length);
  return closest === undefined ? ask('no_rule') : ask('pin_changed', closest.join('; '));
}

/** Who asks executes it, and names server and definition as it likes. */
function isClaimed({ notices }: AirlockAction): boolean {
  return notices?.includes('claimed-by-agent') === true;
}

/** What is not as it was signed for, in words. What is not known is not the same. */
function changes(signed: PolicyTool, now: McpTarget): readonly string[] {
  return [
    ...(signed.serverSha256 === now.serverSha256 ? [] : [serverWords(now)]),
    ...(signed.definitionSha256 === now.definitionSha256 ? [] : [definitionWords(now)]),
  ];
}

function serverWords({ serverSha256 }: McpTarget): string {
  return serverSha256 === null ? 'what server it is is not known' : 'the server is another one than the one approved';
}

function definitionWords({ definitionSha256 }: McpTarget): string {
  return definitionSha256 === null
    ? 'the client never saw the definition of the tool'
    : 'the definition of the tool changed since it was approved';
}
