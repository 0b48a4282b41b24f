import { LIMITS } from '@airlock/protocol';
import type { NewRestriction } from '../policy/policy-desk.js';
import type { RestrictionAnswer, RestrictionBody } from '../socket/policy-api.js';
import type { Workspace } from '../state/state-store.js';
import type { AuditPolicy } from '../audit/audit-log.js';
import { usableState, type Core } from './core.js';
import { workspaceAt } from './policy-workspace.js';

type Asked = RestrictionBody['restriction'];

/** Takes something away at once: nobody is asked, no gateway is needed, no sign-in and no pairing (LOC-085). */
export async function restrict(core: Core, body: RestrictionBody): Promise<RestrictionAnswer> {
  const workspace = workspaceAt(body.workspace, (core.state ?? usableState(core)).workspaces);
  const { restriction } = body;
  const isGrant = restriction.kind === 'grant-ended';
  const changed = isGrant ? endGrant(core, workspace, restriction.policyId) : narrow(core, workspace, restriction);
  if (changed) {
    const at = Math.floor(core.ports.now());
    const { workspaceId } = workspace;
    core.audit({ kind: 'policy.narrowed', at, workspaceId, restriction: restriction.kind, ...namedIn(restriction) });
  }
  await core.policies.settled();
  return { recorded: true, changed };
}

function narrow({ policies }: Core, { workspaceId }: Workspace, restriction: NewRestriction): boolean {
  return policies.narrow(workspaceId, restriction);
}

/** A grant that is not known now may be so later: it is remembered for as long as one can last. */
function endGrant({ policies, standing, ports }: Core, { workspaceId }: Workspace, policyId: string): boolean {
  if (policies.endedGrants.includes(policyId)) return false;
  const known = standing.all(workspaceId).find((one) => one.policyId === policyId);
  policies.endGrant(policyId, known?.expiresAt ?? Math.floor(ports.now()) + LIMITS.policySpanMaxMs);
  standing.end(policyId);
  return true;
}

/** What the log may hold of it: no path. */
function namedIn(restriction: Asked): AuditPolicy {
  switch (restriction.kind) {
    case 'auto-off':
    case 'fail-closed':
    case 'path-managed':
      return {};
    case 'pattern-removed':
      return { patternId: restriction.patternId };
    case 'gate-on':
      return { gate: restriction.gate };
    case 'require':
      return { requirement: restriction.requirement };
    case 'grant-ended':
      return { policyId: restriction.policyId };
  }
}
