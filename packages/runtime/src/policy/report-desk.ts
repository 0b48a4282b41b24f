import type { Asked } from '../service/asked.js';

/** An action that a policy of the approver decided. */
export interface DecidedByPolicy {
  readonly asked: Asked;
  readonly decision: 'approve' | 'reject';
  /** Of the standing policy, or the ids of the signed patterns joined by a space. */
  readonly policyId: string;
}

/** Reports to the approver's history what its policies decided (DND-130). Nothing ever waits for it. */
export interface ReportDesk {
  add(decided: DecidedByPolicy): void;
}
