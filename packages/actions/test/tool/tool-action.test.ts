import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { commandAction, mcpCallAction, toolAction } from '../../src/index.js';

const INPUT = '{"limit":null,"radius":0.5,"€":1}';
const COMMAND = {
  argv: ['npm', 'test'],
  cwd: '/srv/widgets',
  program: '/usr/bin/npm',
  programSha256: 'ab'.repeat(32),
  environment: {},
  stdin: 'none',
} as const;

describe(rules('ART-130', 'ART-140')`the content of a tool call`, () => {
  it('of the host has the whole input', () => {
    expect(toolAction({ tool: 'WebFetch', inputJson: INPUT, description: 'Fetch a page', cwd: '/srv' })).toEqual({
      kind: 'tool',
      actionType: 'tool_call',
      commandText: 'WebFetch',
      description: 'Fetch a page',
      tool: 'WebFetch',
      inputJson: INPUT,
      extensions: { 'airlock.cwd': '/srv' },
    });
  });

  it('of a server has the whole input', () => {
    expect(mcpCallAction({ server: 'weather', tool: 'lookup', inputJson: INPUT })).toEqual({
      kind: 'mcp-call',
      actionType: 'mcp_call',
      commandText: 'weather.lookup',
      description: 'Call a tool of a server',
      server: 'weather',
      tool: 'lookup',
      inputJson: INPUT,
    });
    expect(mcpCallAction({ server: 'a', tool: 'b', inputJson: '{}', description: 'Look', cwd: '/srv' })).toMatchObject({
      description: 'Look',
      extensions: { 'airlock.cwd': '/srv' },
    });
  });

  it('that runs a command goes with the command', () => {
    expect(commandAction({ ...COMMAND, tool: 'Bash', inputJson: '{"command":"npm test"}' })).toMatchObject({
      kind: 'command',
      tool: 'Bash',
      inputJson: '{"command":"npm test"}',
    });
    expect(commandAction(COMMAND)).not.toHaveProperty('tool');
  });

  it.each([
    ['a tool without a name', () => toolAction({ tool: '', inputJson: '{}', description: '' })],
    ['another form of the input', () => toolAction({ tool: 'a', inputJson: '{ }', description: '' })],
    ['a relative folder', () => toolAction({ tool: 'a', inputJson: '{}', description: '', cwd: '.' })],
    ['a server without a name', () => mcpCallAction({ server: '', tool: 'a', inputJson: '{}' })],
    ['another form of arguments', () => mcpCallAction({ server: 'a', tool: 'a', inputJson: '{"a":1.0}' })],
    ['a command with a tool but no input', () => commandAction({ ...COMMAND, tool: 'Bash' })],
    ['a command with an input but no tool', () => commandAction({ ...COMMAND, inputJson: '{}' })],
    ['a command with another form of the input', () => commandAction({ ...COMMAND, tool: 'Bash', inputJson: '[]' })],
  ])('%s is refused', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });
});
