import { fileEditAction } from '@airlock/actions';
import { EncodingError, utf8Decode, utf8Encode } from '@airlock/protocol';
import { collectFacts } from '@airlock/runtime/client';
import { type FileContent, fileChanged, readFileAt, realFile, sha256 } from './files.js';
import { unknownMembers } from './known-members.js';
import { describePlainTool } from './plain-tool.js';
import { predictContent } from './predict-content.js';
import { type DescribedTool, knownDifferences, labelOf, type ToolCall } from './tool-call.js';

/** Member that names the file, per tool that changes one. */
const FILE_MEMBERS: Readonly<Record<string, string>> = {
  Write: 'file_path',
  Edit: 'file_path',
  NotebookEdit: 'notebook_path',
};

/** Whether a tool changes one file that its input names. */
export function changesFile(tool: string): boolean {
  return Object.hasOwn(FILE_MEMBERS, tool);
}

/**
 * Write, Edit, NotebookEdit: the file as it is, and exactly what it will hold. Where that cannot be told the call is
 * shown by its input and the hash of the file as it is.
 */
export async function describeFileTool(call: ToolCall): Promise<DescribedTool> {
  const { tool, input } = call.event;
  const named = input[FILE_MEMBERS[tool] ?? ''];
  const path = realFile(named);
  if (path === null || typeof named !== 'string' || unknownMembers(tool, input).length > 0) {
    return await describePlainTool(call);
  }
  const before = await readFileAt(path);
  const after = predictContent(call, before === null ? null : textOf(before));
  const place = { named, path, before };
  return after === null ? await describeUntold(call, place) : await describeChange(call, { ...place, after });
}

/** The bytes themselves where they are no text in UTF-8. */
function textOf({ bytes }: FileContent): string | Uint8Array {
  try {
    return utf8Decode(bytes);
  } catch (error) {
    if (error instanceof EncodingError) return bytes;
    throw error;
  }
}

interface Place {
  /** As the host names the file. */
  readonly named: string;
  /** Real path. */
  readonly path: string;
  readonly before: FileContent | null;
}

/** A change that cannot be told, of a file that has to stay as it is until then. */
async function describeUntold(call: ToolCall, { named, path, before }: Place): Promise<DescribedTool> {
  if (before === null) return await describePlainTool(call);
  const described = await describePlainTool(call, { file: { path, preimageSha256: before.sha256 } });
  return { ...described, recheck: () => fileChanged(named, { path, before: before.sha256 }) };
}

interface Change extends Place {
  readonly after: string;
}

async function describeChange(call: ToolCall, { named, path, before, after }: Change): Promise<DescribedTool> {
  const { tool, inputJson } = call.event;
  const bytes = utf8Encode(after);
  const action = fileEditAction({ path, before: before?.bytes ?? null, after: bytes, tool, inputJson, cwd: call.cwd });
  const facts = await collectFacts({
    action: { ...action, files: [{ path }, { path: named }] },
    cwd: call.cwd,
    environment: knownDifferences(call) ?? {},
    path: call.environment?.['PATH'],
  });
  const expected = { path, before: before?.sha256 ?? null, after: sha256(bytes) };
  return {
    workspace: call.cwd,
    action: { ...action },
    facts,
    ...labelOf(tool),
    recheck: () => fileChanged(named, expected),
    leaves: expected,
  };
}
