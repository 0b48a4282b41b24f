import { RuntimeError } from '../errors.js';
import type { Workspace } from '../state/state-store.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';

/** The workspace whose policy covers a folder. Throws `not_paired` where there is none, `bad_request` for no folder. */
export function workspaceAt(folder: string, known: readonly Workspace[]): Workspace {
  const path = realWorkspacePath(folder);
  const workspace = workspaceOf(path, known);
  if (workspace !== undefined) return workspace;
  throw new RuntimeError('not_paired', `${path} is not paired`, { fix: 'airlock pair' });
}
