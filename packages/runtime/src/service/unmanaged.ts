import { dirname } from 'node:path';
import { pairingFacts } from '@airlock/enforcer';
import type { Workspace } from '../state/state-store.js';
import { closedBy } from './admission.js';
import type { Core } from './core.js';

/**
 * The folder, `path` itself or one around it, that a signed policy of a verified pairing of this user leaves alone
 * (LOC-130); null without. A workspace nearer than it comes first.
 */
export function unmanagedAround(core: Core, path: string, nearest: Workspace | undefined): string | null {
  const listed = new Set((core.state?.workspaces ?? []).flatMap((workspace) => leftAloneBy(core, workspace)));
  for (let folder = path; ; folder = dirname(folder)) {
    if (listed.has(folder)) return folder;
    if (folder === nearest?.path || folder === dirname(folder)) return null;
  }
}

function leftAloneBy(core: Core, workspace: Workspace): readonly string[] {
  const { workspaceId } = workspace;
  const pairing = pairingFacts(core.host.state, workspaceId, core.ports.now());
  if (pairing === null || !pairing.policyChangeHonoured || closedBy(core, workspace) !== null) return [];
  return core.policies.inForce(workspaceId).unmanaged;
}
