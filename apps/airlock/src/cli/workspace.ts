import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StatusAnswer } from '@airlock/runtime/client';
import { UsageError } from './failure.js';

/** The real path of a folder that a user named, or of the current one. */
export function workspaceFolder(named: string | undefined): string {
  const folder = named ?? process.cwd();
  try {
    if (statSync(folder).isDirectory()) return realpathSync(folder);
  } catch (error) {
    throw new UsageError(`${folder} is not a folder (${error instanceof Error ? error.message : 'error'})`);
  }
  throw new UsageError(`${folder} is not a folder`);
}

/** The nearest known workspace that contains the folder; the folder itself when there is none. */
export function enclosingWorkspace(status: Pick<StatusAnswer, 'workspaces'>, folder: string): string {
  const known = new Set(status.workspaces.filter((each) => each.state !== 'unpaired').map((each) => each.path));
  for (let at = folder; ; at = dirname(at)) {
    if (known.has(at)) return at;
    if (at === dirname(at)) return folder;
  }
}
