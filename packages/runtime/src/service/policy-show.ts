import type { LocalRestriction, StandingPolicy } from '@airlock/policy';
import { parseTime } from '@airlock/protocol';
import type { PolicyAnswer } from '../socket/policy-api.js';
import { errorBody } from '../socket/http.js';
import { usableState, type Core } from './core.js';
import { workspaceAt } from './policy-workspace.js';

/** The policy in force of a workspace, who signed it, and what narrows it. A document that was void is looked at again. */
export function showPolicy(core: Core, folder: string): PolicyAnswer {
  const workspace = workspaceAt(folder, (core.state ?? usableState(core)).workspaces);
  const { workspaceId } = workspace;
  core.policies.reload(workspaceId);
  const { policy, document, restrictions, problem } = core.policies.standing(workspaceId);
  const isInForce = document !== null && policy.version === document.version;
  return {
    workspace: workspace.path,
    version: policy.version,
    sha256: policy.sha256,
    signedBy: isInForce ? document.signerKeyId : null,
    signedAt: isInForce ? parseTime(document.at) : null,
    autoUntil: policy.autoUntil,
    failOpenUntil: policy.failOpenUntil,
    patterns: policy.patterns.map(({ id, pattern }) => ({ id, pattern })),
    tools: policy.tools.map(({ id, tool }) => ({ id, tool })),
    gatesOff: [...policy.gatesOff],
    unmanaged: [...policy.unmanaged],
    requirements: [...policy.requirements],
    standing: core.standing.all(workspaceId).map(shownStanding),
    restrictions: restrictions.map(shownRestriction),
    ...(problem === null ? {} : { problem: errorBody(problem) }),
  };
}

function shownStanding(policy: StandingPolicy): PolicyAnswer['standing'][number] {
  const { policyId, effect, scope, selector, sessionId, expiresAt } = policy;
  return {
    policyId,
    effect,
    scope,
    ...(selector === undefined ? {} : { selector: { ...selector } }),
    ...(sessionId === undefined ? {} : { sessionId }),
    expiresAt,
  };
}

function shownRestriction(restriction: LocalRestriction): { kind: string; what?: string } {
  const { kind } = restriction;
  switch (restriction.kind) {
    case 'auto-off':
    case 'fail-closed':
      return { kind };
    case 'pattern-removed':
      return { kind, what: restriction.patternId };
    case 'path-managed':
      return { kind, what: restriction.path };
    case 'gate-on':
      return { kind, what: restriction.gate };
    case 'require':
      return { kind, what: restriction.requirement };
  }
}
