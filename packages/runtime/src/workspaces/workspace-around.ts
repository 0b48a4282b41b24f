import { dirname } from 'node:path';
import type { StatusAnswer, WorkspaceStatus } from '../socket/api.js';

/**
 * The nearest workspace that holds a folder (its real path): the folder itself or one above it. Null where there is none; an
 * unpaired one counts as none.
 */
export function workspaceAround(
  { workspaces }: Pick<StatusAnswer, 'workspaces'>,
  folder: string,
): WorkspaceStatus | null {
  const known = new Map(workspaces.filter(({ state }) => state !== 'unpaired').map((each) => [each.path, each]));
  for (let at = folder; ; at = dirname(at)) {
    const found = known.get(at);
    if (found !== undefined) return found;
    if (at === dirname(at)) return null;
  }
}
