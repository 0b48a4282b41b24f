import { type McpCallContent, mcpCallAction } from '@airlock/actions';
import { type McpBinding, mcpBindingSchema } from '@airlock/protocol';
import type { RequestBody } from '../../src/socket/api.js';
import { commandFacts } from './policy-scene.js';

export const DEFINITION = '3'.repeat(64);
export const OTHER_DEFINITION = '9'.repeat(64);

/** A server that is a program; its identity differs by the hash of its file. */
export function serverOf(file = '2'.repeat(64)) {
  return {
    transport: 'stdio',
    command: ['node', 'server.js'],
    program: '/usr/bin/node',
    programSha256: '1'.repeat(64),
    files: [{ path: '/srv/server.js', sha256: file }],
  };
}

/** What the proxy binds, with the members that differ; undefined ones are left out. */
export function bindingOf(change: Readonly<Record<string, unknown>> = {}): McpBinding {
  const members = {
    method: 'tools/call',
    server: serverOf(),
    definition: { sha256: DEFINITION },
    rawSha256: '4'.repeat(64),
    ...change,
  };
  return mcpBindingSchema.parse(Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
}

/** A call of the tool `query` of the server `search`. */
export function callOf(change: Readonly<Record<string, unknown>> = {}, inputJson = '{"q":"x"}'): McpCallContent {
  return mcpCallAction({ server: 'search', tool: 'query', inputJson, binding: bindingOf(change) });
}

/** What the proxy sends: the call with its facts. */
export function callBody(
  change: Readonly<Record<string, unknown>> = {},
  over: Partial<RequestBody> = {},
): Partial<RequestBody> {
  return { action: { ...callOf(change) }, facts: commandFacts(), source: 'mcp', ...over };
}
