import { hostPatch } from '../events/host-agent.js';
import { predictEdit } from './predict-edit.js';
import { predictNotebook } from './predict-notebook.js';
import type { ToolCall } from './tool-call.js';

const BYTE_ORDER_MARK = '\ufeff';

/**
 * What the file will hold after Write, Edit or NotebookEdit, or null where Claude Code does something that is not known
 * exactly.
 *
 * @param before null without a file, bytes for one that is no text in UTF-8
 */
export function predictContent(call: ToolCall, before: string | Uint8Array | null): string | null {
  switch (call.event.tool) {
    case 'Write':
      return written(call, before);
    case 'Edit':
      return before instanceof Uint8Array ? null : edited(call, before);
    case 'NotebookEdit':
      return typeof before === 'string' ? notebook(call, before) : null;
    default:
      return null;
  }
}

/** Some versions keep the byte order mark, and with it the encoding, of the file that they overwrite. */
function written({ event: { input } }: ToolCall, before: string | Uint8Array | null): string | null {
  const hasMark = before instanceof Uint8Array ? isUtf16(before) : before?.startsWith(BYTE_ORDER_MARK) === true;
  return typeof input['content'] === 'string' && !hasMark ? input['content'] : null;
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function edited({ event: { input } }: ToolCall, before: string | null): string | null {
  const { old_string: oldString, new_string: newString, replace_all: replaceAll = false } = input;
  if (typeof oldString !== 'string' || typeof newString !== 'string' || typeof replaceAll !== 'boolean') return null;
  return predictEdit(before, { oldString, newString, replaceAll });
}

function notebook(call: ToolCall, before: string): string | null {
  const { cell_id: cellId, new_source: newSource, cell_type: cellType, edit_mode: mode = 'replace' } = call.event.input;
  if (typeof cellId !== 'string' || typeof newSource !== 'string') return null;
  if (cellType !== undefined && typeof cellType !== 'string') return null;
  // The id of an inserted cell is random.
  if (mode !== 'replace' && mode !== 'delete') return null;
  return predictNotebook(before, { cellId, newSource, cellType, mode }, keepsNewline(call));
}

/** Whether the host keeps the line feed at the end of a notebook; only some of its versions were looked at. */
function keepsNewline({ environment }: ToolCall): boolean | null {
  const patch = hostPatch(environment);
  if (patch === null) return null;
  if (patch >= 330) return true;
  return patch <= 197 ? false : null;
}
