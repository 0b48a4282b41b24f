import { EncodingError, utf8Decode, utf8Encode } from '@airlock/protocol';
import { collectFacts, type HostAction } from '@airlock/runtime/client';
import { type FileContent, fileChanged, readFileAt, realFile, sha256 } from './files.js';
import { unknownMembers } from './known-members.js';
import { describePlainTool } from './plain-tool.js';
import { predictEdit } from './predict-edit.js';
import { type DescribedTool, knownDifferences, labelOf, type ToolCall } from './tool-call.js';

/**
 * Write or Edit: the file as it is, and exactly what it will hold. Where the host does not simply write what the input
 * says, the call is shown by its input alone.
 */
export async function describeFileTool(call: ToolCall): Promise<DescribedTool> {
  const { tool, input } = call.event;
  const named = input['file_path'];
  const path = realFile(named);
  if (path === null || typeof named !== 'string' || unknownMembers(tool, input).length > 0) {
    return await describePlainTool(call);
  }
  const before = await readFileAt(path);
  const text = textOf(before);
  const after = text === undefined ? null : predicted(call, text);
  if (text === undefined || after === null) return await describePlainTool(call);
  return await describeChange(call, { named, path, before, text, after });
}

/** Null where there is no file, undefined for one that is not text in UTF-8. */
function textOf(file: FileContent | null): string | null | undefined {
  if (file === null) return null;
  try {
    return utf8Decode(file.bytes);
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

const BYTE_ORDER_MARK = '\ufeff';

function predicted({ event: { tool, input } }: ToolCall, before: string | null): string | null {
  if (tool === 'Write') {
    const { content } = input;
    // One version keeps the mark of the file that it overwrites, the other does not.
    return typeof content === 'string' && before?.startsWith(BYTE_ORDER_MARK) !== true ? content : null;
  }
  const { old_string: oldString, new_string: newString, replace_all: replaceAll = false } = input;
  if (typeof oldString !== 'string' || typeof newString !== 'string' || typeof replaceAll !== 'boolean') return null;
  return predictEdit(before, { oldString, newString, replaceAll });
}

interface Change {
  /** As the host names the file. */
  readonly named: string;
  readonly path: string;
  readonly before: FileContent | null;
  readonly text: string | null;
  readonly after: string;
}

async function describeChange(call: ToolCall, change: Change): Promise<DescribedTool> {
  const { tool, inputJson } = call.event;
  const { named, path, before, after } = change;
  const expected = { path, before: before?.sha256 ?? null, after: sha256(utf8Encode(after)) };
  const action: HostAction['action'] = {
    kind: 'file-edit',
    actionType: 'file_edit',
    commandText: `${tool} ${path}`,
    description: `Claude Code: ${tool}`,
    files: [
      { path, ...(before === null ? {} : { preimageSha256: before.sha256 }), sha256: expected.after, text: after },
    ],
    tool,
    inputJson,
  };
  const facts = await collectFacts({
    action: { kind: 'file-edit', files: [{ path }, { path: named }], tool, inputJson },
    cwd: call.cwd,
    environment: knownDifferences(call) ?? {},
    path: call.environment?.['PATH'],
  });
  return {
    workspace: call.cwd,
    action,
    facts,
    ...labelOf(tool),
    recheck: () => fileChanged(named, expected),
    leaves: expected,
  };
}
