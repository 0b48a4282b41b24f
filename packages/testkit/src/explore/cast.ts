import type { Standing } from '@airlock/enforcer';
import { base64UrlEncode } from '@airlock/protocol';
import { scriptedApprover } from '../approver/scripted-approver.js';
import { commandRequest } from '../engine/artifact.js';
import { SIMULATED_START } from '../simulation/clock.js';
import { seededRng } from '../simulation/rng.js';
import { EXPLORED_ARTIFACT_MS, EXPLORED_DECISION_MS, type HostileWorldOptions } from './actions.js';
import { hostileMessages } from './messages.js';

/** The one workspace of an explored world. */
export const EXPLORED_WORKSPACE = '/srv/widgets';
const ENFORCER_ID = 'enf-00000000-0000-4000-8000-000000000000';
/** Monotonic time of the start, in milliseconds. */
export const EXPLORED_START_MONO = 1000;

/** Keys, requests and texts of a world: the same for the same options. */
export function cast(options: HostileWorldOptions) {
  const rng = seededRng(11);
  const capabilities = options.harpRequired ? ['harp-decision/1'] : [];
  const people = {
    approver: scriptedApprover(rng, capabilities),
    attacker: scriptedApprover(rng),
    replaced: scriptedApprover(rng),
  };
  const names = ['req-a', 'req-b'].slice(0, options.requests);
  const requests = names.map((requestId) =>
    commandRequest({
      rng,
      requestId,
      workspaceId: EXPLORED_WORKSPACE,
      enforcerId: ENFORCER_ID,
      createdAt: SIMULATED_START,
      lifetimeMs: EXPLORED_ARTIFACT_MS,
      timeoutMs: EXPLORED_ARTIFACT_MS,
    }),
  );
  const all = hostileMessages({ ...people, requests, at: SIMULATED_START, lifetimeMs: EXPLORED_DECISION_MS });
  const messages = options.genuineOnly === true ? all.filter(({ id, needs }) => id === needs) : all;
  return { ...people, requests, messages, capabilities, rng };
}

/** What {@link cast} makes. */
export type Cast = ReturnType<typeof cast>;

/** The stored workspace; without a pairing in force once it was revoked. */
export function standing(people: Cast, revoked: boolean): Standing {
  const { approver, replaced, capabilities } = people;
  const signerKeyId = approver.signerKeyId();
  const { publicKey } = approver;
  return {
    workspaceId: EXPLORED_WORKSPACE,
    enforcerId: ENFORCER_ID,
    enforcerLabel: 'Airlock',
    workspaceName: 'widgets',
    active: revoked
      ? null
      : {
          gatewayUrl: 'https://gateway.example',
          routingToken: 'rt-explored',
          pairingKey: base64UrlEncode(people.rng.bytes(32)),
          signerKeyId,
          publicKey,
          capabilities,
          assurance: 'verified',
          approverDeviceId: 'dev-1',
          safetyNumber: '',
          pairedAt: SIMULATED_START,
        },
    revoked,
    pin: { publicKey, signerKeyId, assurance: 'verified', pinnedAt: SIMULATED_START },
    recovery: null,
    recoveryUsedAt: null,
    revokedKeys: [{ signerKeyId: replaced.signerKeyId(), publicKey: replaced.publicKey, revokedAt: SIMULATED_START }],
  };
}
