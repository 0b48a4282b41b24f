import { mcpServerSha256 } from '@airlock/actions';
import {
  type AirlockAction,
  mcpBindingSchema,
  type McpServer,
  mcpServerSchema,
  type PolicyTool,
} from '@airlock/protocol';
import { actionOf, factsOf, hash, inputOf, policyOf } from './inputs.js';
import type { EvaluationInput } from '../../src/evaluate/evaluate.js';

export const PROGRAM: McpServer = mcpServerSchema.parse({
  transport: 'stdio',
  command: ['node', 'server.js', '--root', '.'],
  program: '/usr/bin/node',
  programSha256: hash('1'),
  files: [{ path: '/home/dev/project/server.js', sha256: hash('2') }],
});
export const ADDRESS: McpServer = mcpServerSchema.parse({ transport: 'http', url: 'https://mcp.example/mcp' });
export const GATEWAY: McpServer = mcpServerSchema.parse({ transport: 'gateway' });

/** What the proxy binds to a call, with the members that differ; undefined ones are left out. */
export function bindingOf(change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const binding = {
    method: 'tools/call',
    server: PROGRAM,
    definition: { sha256: hash('3') },
    rawSha256: hash('4'),
    ...change,
  };
  return Object.fromEntries(Object.entries(binding).filter(([, value]) => value !== undefined));
}

/** A call of the tool `query` of the server `search`. */
export function callOf(
  binding: Readonly<Record<string, unknown>> | undefined = bindingOf(),
  change: Readonly<Record<string, unknown>> = {},
): AirlockAction {
  const named = { server: 'search', tool: 'query', source: 'mcp', commandText: 'search.query', actionType: 'mcp_call' };
  return actionOf('mcp-call', { ...named, extensions: { 'airlock.mcp': binding }, ...change });
}

/** The signed entry that covers {@link callOf}. */
export function signedTool(change: Partial<Record<keyof PolicyTool, string>> = {}, server = PROGRAM): PolicyTool {
  const binding = mcpBindingSchema.parse(bindingOf({ server }));
  return {
    server: 'search',
    serverSha256: mcpServerSha256(binding.server),
    tool: 'query',
    definitionSha256: hash('3'),
    ...change,
  } as PolicyTool;
}

/** A call through the proxy under a policy that allows these tools. */
export function callInput(
  action: AirlockAction = callOf(),
  tools: readonly PolicyTool[] = [signedTool()],
  change: Partial<EvaluationInput> = {},
): EvaluationInput {
  const policy = policyOf([], { tools: tools.map((tool, index) => ({ id: `tool-${index + 1}`, tool })) });
  return inputOf({ action, facts: factsOf([]), policy, ...change });
}
