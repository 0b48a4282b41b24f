import { realpathSync, statSync } from 'node:fs';
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
