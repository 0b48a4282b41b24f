import { isJsonObject } from '@airlock/protocol';

/** What NotebookEdit was asked to do. */
export interface NotebookInput {
  readonly cellId: string;
  readonly newSource: string;
  readonly cellType: string | undefined;
  readonly mode: 'replace' | 'delete';
}

/**
 * The text of a notebook after NotebookEdit, exactly as Claude Code leaves it (measured). Null where it is not known: a
 * cell that cannot be told, one that changes its type, a file that is no plain notebook.
 *
 * @param keepsNewline whether the host keeps a line feed at the end of the file; null when that is not known
 */
export function predictNotebook(before: string, edit: NotebookInput, keepsNewline: boolean | null): string | null {
  const hasNewline = before.endsWith('\n');
  if (before.includes('\r') || (hasNewline && keepsNewline === null)) return null;
  const notebook = parsed(before);
  if (!isJsonObject(notebook) || !Array.isArray(notebook['cells'])) return null;
  const cells: unknown[] = notebook['cells'];
  const index = cellIndex(cells, edit.cellId);
  if (index === null) return null;
  const after = edit.mode === 'delete' ? [] : [editedCell(cells[index], edit)];
  if (after.includes(null)) return null;
  cells.splice(index, 1, ...after);
  return `${JSON.stringify(notebook, null, 1)}${hasNewline && keepsNewline === true ? '\n' : ''}`;
}

/** As the host reads it, with the same function. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** By the id of the cell, or by its place as `cell-N`. */
function cellIndex(cells: readonly unknown[], cellId: string): number | null {
  const found = cells.flatMap((cell, index) => (isJsonObject(cell) && cell['id'] === cellId ? [index] : []));
  if (found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
  const place = Number(/^cell-(\d{1,6})$/.exec(cellId)?.[1] ?? -1);
  return place >= 0 && place < cells.length ? place : null;
}

function editedCell(cell: unknown, { newSource, cellType }: NotebookInput): object | null {
  if (!isJsonObject(cell) || cell['source'] === undefined) return null;
  if (cellType !== undefined && cellType !== cell['cell_type']) return null;
  const { cell_type: type, execution_count: count, outputs } = cell;
  if (type === 'markdown') return { ...cell, source: newSource };
  if (type !== 'code' || count === undefined || outputs === undefined) return null;
  return { ...cell, source: newSource, execution_count: null, outputs: [] };
}
