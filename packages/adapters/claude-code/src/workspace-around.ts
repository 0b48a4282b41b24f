import { dirname } from 'node:path';
import type { StatusAnswer } from '@airlock/runtime/client';

/** The nearest known workspace around a folder; the folder itself when there is none. */
export function workspaceAround(status: Pick<StatusAnswer, 'workspaces'>, folder: string): string {
  const known = new Set(status.workspaces.filter(({ state }) => state !== 'unpaired').map(({ path }) => path));
  for (let at = folder; ; at = dirname(at)) {
    if (known.has(at)) return at;
    if (at === dirname(at)) return folder;
  }
}
