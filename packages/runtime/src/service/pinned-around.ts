import { RuntimeError } from '../errors.js';
import type { Workspace } from '../state/state-store.js';
import { workspacesAround } from '../workspaces/workspaces.js';
import type { Core } from './core.js';

/**
 * A pin covers what lies inside: another approver there would take the place of the pinned one without asking it
 * (PAIR-260). A folder with a pin of its own is judged by that one. Throws `bad_request`.
 */
export function refuseInsidePinned(core: Pick<Core, 'host'>, path: string, known: readonly Workspace[]): void {
  const isPinned = ({ workspaceId }: Workspace) =>
    (core.host.state.pairings[workspaceId]?.standing.pin ?? null) !== null;
  if (known.some((workspace) => workspace.path === path && isPinned(workspace))) return;
  const pinned = workspacesAround(path, known).find(isPinned);
  if (pinned === undefined) return;
  throw new RuntimeError('bad_request', `${path} lies in ${pinned.path}, whose approver decides for it`, {
    fix: `airlock pair --workspace '${pinned.path}'`,
  });
}
