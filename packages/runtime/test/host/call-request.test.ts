import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../src/host/call-request.js';
import { callFor, describedCommand, inputOf } from '../support/host.js';

const WORKSPACE = '/srv/widgets';
const INPUT = inputOf('echo hi');
const described = describedCommand(WORKSPACE, INPUT);
const mcp = (tool: unknown) => ({ ...described, action: { kind: 'mcp-call', server: 'tiny', tool, inputJson: INPUT } });

/** What the human is shown is the call that runs, or nobody is asked. */
describe(rules('ENF-140')`the described action is the reported call`, () => {
  it.each([
    { what: 'the same tool and input', call: {}, action: described },
    { what: "a server's tool, named by the server", call: { tool: 'mcp__tiny__touch' }, action: mcp('touch') },
  ])('accepts $what', ({ call, action }) => {
    expect(bodyOf(callFor(WORKSPACE, call), action)).toMatchObject({ action: action.action });
  });

  it.each([
    { what: 'another tool', call: { tool: 'Write' }, action: described },
    { what: 'other input', call: { inputJson: inputOf('echo ho') }, action: described },
    { what: 'another tool of a server', call: { tool: 'mcp__tiny__touch' }, action: mcp('remove') },
    { what: 'no tool of a server', call: { tool: 'mcp__tiny__touch' }, action: mcp('') },
    { what: "a server's tool without a name", call: { tool: 'mcp__tiny__touch' }, action: mcp(undefined) },
  ])('refuses $what', ({ call, action }) => {
    expect(() => bodyOf(callFor(WORKSPACE, call), action)).toThrow(expect.objectContaining({ code: 'not_the_call' }));
  });
});
