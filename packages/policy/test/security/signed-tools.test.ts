import { mcpServerSha256 } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { canonicalize } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { policyInForce } from '../../src/document/in-force.js';
import { hash } from '../evaluate/inputs.js';
import { ADDRESS, bindingOf, callInput, callOf, GATEWAY, PROGRAM, signedTool } from '../evaluate/mcp-calls.js';

/** The policy of a document with this tool, in whatever form. */
const under = (tools: readonly unknown[], action = callOf()) =>
  evaluate(callInput(action, [], { policy: policyInForce(canonicalize({ version: 1, tools }), []) })).kind;

describe(rules('LOC-080', 'LOC-045', 'INV-34')`an MCP server that was allowed once`, () => {
  it('works as long as it is what it was', () => {
    expect(under([signedTool()])).toBe('allow');
  });

  it('swaps the definition of its tool for another', () => {
    const action = callOf(bindingOf({ definition: { sha256: hash('9'), description: 'Same words as ever' } }));
    expect(under([signedTool()], action)).toBe('ask');
  });

  it('takes its definition away before the call', () => {
    expect(under([signedTool()], callOf(bindingOf({ definition: undefined })))).toBe('ask');
  });

  it.each([
    ['answers to its questions', '{"inputResponses":{"a":{"action":"accept","content":{}}}}'],
    ['a task', '{"task":{"ttl":1}}'],
    ['anything that is no argument', '{"x":1}'],
  ])('is given %s together with a call', (_, paramsJson) => {
    expect(under([signedTool()], callOf(bindingOf({ paramsJson })))).toBe('ask');
  });

  it.each([
    ['as another program', { ...PROGRAM, program: '/tmp/node' }],
    ['with another content', { ...PROGRAM, programSha256: hash('9') }],
    ['with another script', { ...PROGRAM, files: [{ path: '/home/dev/project/server.js', sha256: hash('9') }] }],
    ['with one file more', { ...PROGRAM, files: [...(PROGRAM as any).files, { path: '/x', sha256: hash('9') }] }],
    ['with one argument more', { ...PROGRAM, command: [...(PROGRAM as any).command, '--all'] }],
    ['with arguments cut elsewhere', { ...PROGRAM, command: ['node', 'server.js --root', '.'] }],
    ['at an address', ADDRESS],
    ['behind a gateway of somebody else', GATEWAY],
  ])('comes back under its name %s', (_, server) => {
    expect(under([signedTool()], callOf(bindingOf({ server })))).toBe('ask');
  });

  it.each([
    ['another path', 'https://mcp.example/mcp/'],
    ['another port', 'https://mcp.example:8443/mcp'],
    ['no encryption', 'http://mcp.example/mcp'],
    ['other capitals', 'https://MCP.example/mcp'],
    ['a user in front', 'https://mcp.example@evil.example/mcp'],
    ['a query', 'https://mcp.example/mcp?all=1'],
  ])('is called at %s', (_, url) => {
    const action = callOf(bindingOf({ server: { transport: 'http', url } }));
    expect(under([signedTool({}, ADDRESS)], action)).toBe('ask');
    expect(under([signedTool({}, ADDRESS)], callOf(bindingOf({ server: ADDRESS })))).toBe('allow');
  });

  it('offers another tool at the same address', () => {
    const action = callOf(bindingOf({ server: ADDRESS }), { tool: 'delete' });
    expect(under([signedTool({}, ADDRESS)], action)).toBe('ask');
  });

  it('offers a resource under the name of its tool', () => {
    expect(under([signedTool()], callOf(bindingOf({ method: 'resources/read' })))).toBe('ask');
  });
});

describe(rules('LOC-080', 'LOC-082')`a policy document that is not understood`, () => {
  it.each<[string, Record<string, unknown>]>([
    ['a condition of a newer version', { ...signedTool(), onlyArguments: '{}' }],
    ['a hash in another form', { ...signedTool(), serverSha256: `sha256:${'1'.repeat(64)}` }],
    ['any server by that name', { server: 'search', tool: 'query', definitionSha256: hash('3') }],
    ['every tool of a server', { server: 'search', serverSha256: mcpServerSha256(PROGRAM)!, tool: '*' }],
  ])('covers nothing: %s', (_, tool) => {
    expect(under([tool])).toBe('ask');
  });

  it('covers nothing of what it has beside', () => {
    expect(under([signedTool(), { ...signedTool({ tool: 'x' }), onlyArguments: '{}' }])).toBe('ask');
  });

  it('takes an asterisk for a name', () => {
    expect(under([signedTool({ tool: '*', server: '*' })])).toBe('ask');
  });
});

describe(rules('LOC-080', 'ENF-140')`an agent that only claims`, () => {
  it('makes a call up that would be covered', () => {
    expect(under([signedTool()], callOf(bindingOf(), { notices: ['claimed-by-agent'] }))).toBe('ask');
  });
});
