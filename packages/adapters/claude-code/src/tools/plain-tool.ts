import { collectFacts, type HostAction } from '@airlock/runtime/client';
import { unknownMembers } from './known-members.js';
import { type DescribedTool, knownDifferences, labelOf, nothingToRecheck, type ToolCall } from './tool-call.js';

/** Kinds of action that hold nothing but the tool's input. */
interface InputAction {
  readonly kind: 'tool' | 'mcp-call';
  readonly tool: string;
  readonly server?: string;
  /** One line for the human. */
  readonly summary: string;
  readonly unknownInput: readonly string[];
}

/** A tool whose whole effect stands in its input: shown in full, always asked unless policy lets reads pass. */
export async function describePlainTool(call: ToolCall, reads?: readonly string[]): Promise<DescribedTool> {
  const { tool, input } = call.event;
  const unknownInput = unknownMembers(tool, input);
  const action = { kind: 'tool', tool, summary: `Claude Code: ${tool}`, unknownInput } as const;
  return await describeInput(call, action, unknownInput.length === 0 ? reads : undefined);
}

/** Describes a call by its input alone. */
export async function describeInput(
  call: ToolCall,
  { kind, tool, server, summary, unknownInput }: InputAction,
  reads?: readonly string[],
): Promise<DescribedTool> {
  const { inputJson } = call.event;
  const action: HostAction['action'] = {
    kind,
    actionType: kind === 'tool' ? 'tool_call' : 'mcp_call',
    commandText: summary,
    description: summary,
    tool,
    inputJson,
    ...(server === undefined ? {} : { server }),
  };
  const facts = await collectFacts({
    action: { kind, tool, inputJson },
    cwd: call.cwd,
    environment: knownDifferences(call) ?? {},
    path: call.environment?.['PATH'],
    unknownInput,
  });
  return {
    workspace: call.cwd,
    action,
    facts: reads === undefined ? facts : { ...facts, reads: [...reads] },
    ...labelOf(call.event.tool),
    recheck: nothingToRecheck,
    leaves: null,
  };
}
