import type { PlaintextContext } from '@airlock/actions';
import type { RequestBody } from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';

/** What a report says about the request it is for. */
export interface ReportedRequest {
  readonly requestId: string;
  readonly workspace: Workspace;
  readonly action: RequestBody['action'];
  /** What its plaintext was made with. */
  readonly context: PlaintextContext;
}

/** An action that a policy of the approver decided. */
export interface DecidedByPolicy {
  readonly asked: ReportedRequest;
  readonly decision: 'approve' | 'reject';
  /** Of the standing policy, or the ids of the signed patterns joined by a space. */
  readonly policyId: string;
}

/** Reports to the approver's history what its policies decided (DND-130). Nothing ever waits for it. */
export interface ReportDesk {
  add(decided: DecidedByPolicy): void;
}
