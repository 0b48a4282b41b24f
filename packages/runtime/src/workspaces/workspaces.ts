import { realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { RuntimeError } from '../errors.js';
import type { Ports } from '../ports/ports.js';
import type { Workspace } from '../state/state-store.js';

const LONGEST_LABEL = 128;

/** The identity of a folder: its real path, whatever name it was reached by (LOC-130). Throws `bad_request`. */
export function realWorkspacePath(folder: string): string {
  try {
    const path = realpathSync.native(folder);
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw new RuntimeError('bad_request', `${folder} cannot be read`, { cause });
  }
  throw new RuntimeError('bad_request', `${folder} is not a folder`);
}

/** The workspace that holds `path`: the folder itself or its nearest registered ancestor. */
export function workspaceOf(path: string, known: readonly Workspace[]): Workspace | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = known.find((workspace) => workspace.path === folder);
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

/** The folders around `path`, nearest first, that are workspaces. */
export function workspacesAround(path: string, known: readonly Workspace[]): readonly Workspace[] {
  return known
    .filter((workspace) => path !== workspace.path && workspaceOf(path, [workspace]) !== undefined)
    .sort((one, other) => other.path.length - one.path.length);
}

/** A new workspace with random ids (ID-110); labels are display text only (ID-140). */
export function newWorkspace(path: string, ports: Pick<Ports, 'uuid'>): Workspace {
  return {
    path,
    workspaceId: `ws-${ports.uuid()}`,
    enforcerId: `enf-${ports.uuid()}`,
    enforcerLabel: label(hostname(), 'computer'),
    workspaceName: label(basename(path), 'workspace'),
  };
}

function label(text: string, otherwise: string): string {
  const shown = Array.from(text.toWellFormed()).slice(0, LONGEST_LABEL).join('');
  return shown === '' ? otherwise : shown;
}
