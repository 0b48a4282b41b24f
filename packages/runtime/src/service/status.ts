import { openExchanges, pairingFacts, type PresenceStateName } from '@airlock/enforcer';
import type { PolicyInForce } from '@airlock/policy';
import { RuntimeError } from '../errors.js';
import type { StatusAnswer, WorkspaceStatus } from '../socket/api.js';
import { errorBody } from '../socket/http.js';
import type { Workspace } from '../state/state-store.js';
import type { Core } from './core.js';
import { allLeftBehind } from './not-stored.js';
import { userOf } from './sign-in.js';

const PRESENCE: Readonly<Record<PresenceStateName, StatusAnswer['presence']>> = {
  Online: 'online',
  Connecting: 'connecting',
  Backoff: 'backoff',
  Offline: 'offline',
};

/** Everything `airlock status` and `doctor` show of the daemon; no secret is in it. */
export function statusOf(core: Core): StatusAnswer {
  const { state } = core.host;
  const { auth } = state;
  const signedIn = auth.name === 'SignedIn' || auth.name === 'Refreshing';
  return {
    signedIn,
    auth: auth.name,
    method: signedIn ? auth.signIn.credential.kind : null,
    consent: auth.consent,
    gatewayUrl: signedIn ? auth.signIn.gatewayUrl : (core.state?.gatewayUrl ?? null),
    user: userOf(state),
    presence: bestPresence(Object.values(state.presence).map((one) => one.name)),
    workspaces: (core.state?.workspaces ?? []).map((workspace) => workspaceStatus(core, workspace)),
    openRequests: openExchanges(state).length,
    daemon: {
      running: true,
      pid: process.pid,
      startedAt: core.startedAt,
      peerUidChecked: core.peerUidChecked,
    },
    secrets: core.secrets?.kind ?? 'file',
    problems: [...core.problems.all, ...allLeftBehind(core), ...voidPolicies(core)].map((problem) =>
      problem.file === undefined ? errorBody(problem) : { ...errorBody(problem), file: problem.file },
    ),
  };
}

function bestPresence(names: readonly PresenceStateName[]): StatusAnswer['presence'] {
  const order = ['Online', 'Connecting', 'Backoff', 'Offline'] as const;
  return PRESENCE[order.find((name) => names.includes(name)) ?? 'Offline'];
}

function workspaceStatus(core: Core, workspace: Workspace): WorkspaceStatus {
  const { state } = core.host;
  const pairing = state.pairings[workspace.workspaceId];
  const facts = pairingFacts(state, workspace.workspaceId, core.ports.now());
  return {
    path: workspace.path,
    workspaceId: workspace.workspaceId,
    enforcerId: workspace.enforcerId,
    enforcerLabel: workspace.enforcerLabel,
    workspaceName: workspace.workspaceName,
    paired: facts !== null,
    state: pairingWord(pairing?.name, facts !== null),
    assurance: facts?.assurance ?? null,
    signerKeyId: facts?.signerKeyId ?? null,
    signerPublicKey: facts?.publicKey ?? null,
    capabilities: [...(facts?.capabilities ?? [])],
    pairedAt: facts?.pairedAt ?? null,
    recoveryUsedAt: pairing?.standing.recoveryUsedAt ?? null,
    ...policyStatus(core.policies.inForce(workspace.workspaceId), core.ports.now()),
  };
}

/** What has expired is off. */
function policyStatus(policy: PolicyInForce, at: number) {
  const autoUntil = policy.autoUntil !== null && at < policy.autoUntil ? policy.autoUntil : null;
  const failOpenUntil = policy.failOpenUntil !== null && at < policy.failOpenUntil ? policy.failOpenUntil : null;
  return {
    auto: autoUntil !== null,
    autoUntil,
    failMode: failOpenUntil === null ? 'closed' : 'open',
    failOpenUntil,
    patterns: policy.patterns.map(({ pattern }) => pattern.text),
    policyVersion: policy.version,
  } as const;
}

/** Documents that should be in force and are not: everything is asked there, nothing is denied for it. */
function voidPolicies(core: Core): readonly RuntimeError[] {
  return (core.state?.workspaces ?? []).flatMap(({ workspaceId, path }) => {
    const { problem } = core.policies.standing(workspaceId);
    if (problem === null) return [];
    const { message, file, fix } = problem;
    const where = { ...(file === undefined ? {} : { file }), ...(fix === undefined ? {} : { fix }) };
    return [new RuntimeError('policy_void', `${path}: ${message}`, where)];
  });
}

function pairingWord(name: string | undefined, paired: boolean): WorkspaceStatus['state'] {
  if (name === 'Initiated' || name === 'Claimed' || name === 'AwaitingConfirm') return 'pairing';
  if (name === 'Revoked') return 'revoked';
  return paired ? 'paired' : 'unpaired';
}
