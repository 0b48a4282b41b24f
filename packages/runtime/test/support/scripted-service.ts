import type { RequestEvent, StatusAnswer } from '../../src/socket/api.js';
import type { SocketService } from '../../src/socket/daemon-service.js';
import { RuntimeError } from '../../src/errors.js';

export const STATUS: StatusAnswer = {
  signedIn: false,
  auth: 'SignedOut',
  method: null,
  consent: 'Unknown',
  gatewayUrl: null,
  user: null,
  presence: 'offline',
  workspaces: [],
  openRequests: 0,
  daemon: { running: true, pid: 1234, startedAt: 0, peerUidChecked: false },
  secrets: 'file',
  problems: [],
};

const unused = () => {
  throw new RuntimeError('internal_error', 'not part of this test');
};

const fail = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: async () => unused() }) });

export function scriptedService(over: Partial<SocketService>): SocketService {
  return {
    status: () => STATUS,
    signIn: fail,
    signOut: async () => unused(),
    pair: fail,
    confirmPairing: async () => unused(),
    unpair: async () => unused(),
    request: fail,
    claim: async () => unused(),
    receipt: () => unused(),
    outcome: async () => unused(),
    withdraw: async () => unused(),
    requests: () => ({ requests: [] }),
    decisions: () => ({ decisions: [] }),
    authorize: async () => unused(),
    endpoint: async () => unused(),
    changePolicy: fail,
    restrictPolicy: async () => unused(),
    showPolicy: () => unused(),
    explainPolicy: () => unused(),
    ...over,
  };
}

export const SUBMITTED: RequestEvent = {
  event: 'submitted',
  requestId: 'req-1',
  expiresAt: 1,
  artifactHash: 'a'.repeat(64),
};

export const ALLOWED: RequestEvent = { event: 'decided', requestId: 'req-1', verdict: 'allow', outcome: 'approved' };
