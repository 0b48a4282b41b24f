import { openExchanges } from '@airlock/enforcer';
import type { HostDesk } from '../host/host-desk.js';
import { JoinedCalls } from '../host/joined-calls.js';
import type { DaemonService } from '../socket/daemon-service.js';
import { callPorts } from './call-ports.js';
import type { Core } from './core.js';
import { explainPolicy } from './explain-policy.js';
import { PairingService } from './pairing.js';
import { PolicyChanges } from './policy-changes.js';
import { restrict } from './policy-restrictions.js';
import { showPolicy } from './policy-show.js';
import { RequestService } from './requests.js';
import { SignInService } from './sign-in.js';
import { statusOf } from './status.js';

export interface Services extends DaemonService {
  /** Whether something beside open connections keeps the daemon needed. */
  readonly busy: () => boolean;
  /** What the adapters of hosts work with. */
  readonly desk: HostDesk;
}

/** Everything behind the routes of the local socket. */
export function daemonServices(core: Core): Services {
  const requests = new RequestService(core);
  const pairing = new PairingService(core, requests);
  const changes = new PolicyChanges(core, requests);
  const signIn = new SignInService(core);
  const calls = new JoinedCalls(callPorts(core, requests));
  return {
    status: () => statusOf(core),
    signIn: (body, signal) => signIn.signIn(body, signal),
    signOut: () => signIn.signOut(),
    pair: (body, signal) => pairing.pair(body, signal),
    confirmPairing: (pairingId, accept) => pairing.confirm(pairingId, accept),
    unpair: (workspace) => pairing.unpair(workspace),
    request: (body, signal) => requests.request(body, signal, 'takes'),
    claim: (requestId) => requests.claim(requestId),
    receipt: (requestId) => requests.receipt(requestId),
    outcome: (requestId, body) => requests.outcome(requestId, body),
    withdraw: (requestId) => requests.withdraw(requestId),
    requests: () => requests.list(),
    decisions: () => requests.decisions(),
    changePolicy: (body, signal) => changes.change(body, signal),
    restrictPolicy: (body) => restrict(core, body),
    showPolicy: (workspace) => showPolicy(core, workspace),
    explainPolicy: (body) => explainPolicy(core, body),
    busy: () => pairing.busy || calls.busy || openExchanges(core.host.state).length > 0,
    desk: {
      decide: (call) => calls.decide(call),
      ended: (outcome) => calls.ended(outcome),
      sessionEnded: (host, sessionId) => calls.sessionEnded(host, sessionId),
      incident: (entry) => calls.incident(entry),
      status: () => statusOf(core),
    },
  };
}
