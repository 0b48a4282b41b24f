import { mcpCallAction, toolAction } from '@airlock/actions';
import { collectFacts } from '@airlock/runtime/client';
import { unknownMembers } from './known-members.js';
import { type DescribedTool, knownDifferences, labelOf, nothingToRecheck, type ToolCall } from './tool-call.js';

/** Extension of an action that binds the file which a call changes, where what it will hold cannot be told. */
const FILE_EXTENSION = 'airlock.file';

/** What a call is when nothing but its input says what it does. */
interface InputCall {
  readonly tool: string;
  /** Present for a tool of an MCP server. */
  readonly server?: string;
  /** One line for the human. */
  readonly description: string;
  readonly unknownInput: readonly string[];
  /** See `ActionFacts.reads`. */
  readonly reads?: readonly string[] | undefined;
  /** The file that it changes, as it is now: real path and `hex64` of its content. */
  readonly file?: { readonly path: string; readonly preimageSha256: string } | undefined;
}

/** A tool whose whole effect stands in its input: shown in full, always asked unless policy lets reads pass. */
export async function describePlainTool(
  call: ToolCall,
  { reads, file }: Pick<InputCall, 'reads' | 'file'> = {},
): Promise<DescribedTool> {
  const { tool, input } = call.event;
  const unknownInput = unknownMembers(tool, input);
  const description = unknownInput.length === 0 ? `Claude Code: ${tool}` : `Claude Code: ${tool}, not fully understood`;
  return await describeInput(call, {
    tool,
    description,
    unknownInput,
    reads: unknownInput.length === 0 ? reads : undefined,
    file,
  });
}

/** Describes a call by its input alone. */
export async function describeInput(call: ToolCall, its: InputCall): Promise<DescribedTool> {
  const { inputJson } = call.event;
  const { tool, server, description, unknownInput, reads, file } = its;
  const action =
    server === undefined
      ? toolAction({ tool, inputJson, cwd: call.cwd, description })
      : mcpCallAction({ server, tool, inputJson, cwd: call.cwd, description });
  const facts = await collectFacts({
    action,
    cwd: call.cwd,
    environment: knownDifferences(call) ?? {},
    path: call.environment?.['PATH'],
    unknownInput,
  });
  return {
    workspace: call.cwd,
    action:
      file === undefined ? { ...action } : { ...action, extensions: { ...action.extensions, [FILE_EXTENSION]: file } },
    facts: reads === undefined ? facts : { ...facts, reads: [...reads] },
    ...labelOf(call.event.tool),
    recheck: nothingToRecheck,
    leaves: null,
  };
}
