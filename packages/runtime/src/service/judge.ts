import { isRejectedRepeatedly } from '@airlock/enforcer';
import { evaluate, failsOpen, taintsSession, type Verdict } from '@airlock/policy';
import { formatTime } from '@airlock/protocol';
import type { AuditBasis } from '../audit/audit-log.js';
import type { Basis } from '../socket/policy-api.js';
import type { Asked } from './asked.js';
import type { Core } from './core.js';

/** Commands of callers that name no session share one, so that a shell they change taints them all. */
const NO_SESSION = '';

/**
 * What the policy says about a question at this moment. Waits for nothing and changes nothing, except that the session counts
 * as open from now on; `dry` leaves that out too.
 */
export function judge(core: Core, asked: Asked, mode: 'open' | 'dry' = 'open'): Verdict {
  const { policies, standing, ports } = core;
  const { workspace, sessionId, plaintext, facts } = asked;
  const { workspaceId } = workspace;
  return evaluate({
    action: plaintext.action,
    facts,
    policy: policies.inForce(workspaceId),
    standing: mode === 'dry' ? standing.known(workspaceId, sessionId) : standing.at(workspaceId, sessionId),
    session: { tainted: policies.isTainted(workspaceId, sessionId ?? NO_SESSION) },
    workspacePath: workspace.path,
    at: Math.floor(ports.now()),
  });
}

/** Until when fail mode open covers a question, epoch milliseconds; null when it does not, as after a local denial (ENF-155). */
export function failOpenUntil(
  core: Pick<Core, 'policies' | 'ports' | 'host'>,
  { plaintext, workspace }: Asked,
): number | null {
  const { policies, ports, host } = core;
  const policy = policies.inForce(workspace.workspaceId);
  const at = Math.floor(ports.now());
  const { action, contentSha256 } = plaintext;
  if (isRejectedRepeatedly(host.state, { contentSha256, at, mono: ports.mono() })) return null;
  return failsOpen({ action, policy, at }) ? policy.failOpenUntil : null;
}

/** Records that executing the action leaves its session's shell changed, where it does. Throws when that cannot be recorded. */
export function recordTaint(core: Pick<Core, 'policies'>, { plaintext, facts, workspace, sessionId }: Asked): void {
  const { workspaceId } = workspace;
  const session = sessionId ?? NO_SESSION;
  if (!taintsSession(plaintext.action, facts) || core.policies.isTainted(workspaceId, session)) return;
  core.policies.taint(workspaceId, session);
}

/** What stands behind a denial, and what to tell the one who asked. */
export function denialOf(
  core: Core,
  { workspace, sessionId }: Asked,
  policyId: string,
): { basis: Basis; reason: string } {
  const policy = core.standing.known(workspace.workspaceId, sessionId).find((one) => one.policyId === policyId);
  const until = policy === undefined ? '' : ` until ${formatTime(policy.expiresAt)}`;
  return { basis: { kind: 'denial', policyId }, reason: `a standing policy of the approver denies this${until}` };
}

/** What stands behind a verdict without a human. */
export function basisOf(verdict: Exclude<Verdict, { readonly kind: 'ask' }>): Basis {
  switch (verdict.kind) {
    case 'deny':
      return { kind: 'denial', policyId: verdict.policyId };
    case 'pass':
      return verdict.basis;
    case 'allow':
      // The socket's arrays may be changed by whoever gets them.
      return verdict.basis.kind === 'pattern'
        ? { kind: 'pattern', patternIds: [...verdict.basis.patternIds] }
        : verdict.basis;
  }
}

/** A basis as the log names it. */
export function auditBasis(basis: Basis): AuditBasis {
  switch (basis.kind) {
    case 'pattern':
      return { basis: basis.kind, patternIds: basis.patternIds.join(' ') };
    case 'grant':
    case 'denial':
      return { basis: basis.kind, policyId: basis.policyId };
    case 'handed-over':
      return { basis: basis.kind, fromRequestId: basis.requestId };
    case 'auto':
    case 'gate-off':
    case 'unmanaged':
    case 'read':
    case 'fail-open':
      return { basis: basis.kind };
  }
}
