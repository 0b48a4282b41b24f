import type { PolicyPattern, PolicyRequirement } from '@airlock/protocol';
import type { PolicyInForce } from './in-force.js';

/** A loosening that an approver has to sign (LOC-080). Times are epoch milliseconds. */
export type PolicyChange =
  | { readonly kind: 'auto-on'; readonly until: number }
  | { readonly kind: 'fail-open'; readonly until: number }
  | { readonly kind: 'add-pattern'; readonly pattern: PolicyPattern }
  | { readonly kind: 'unmanage'; readonly path: string }
  | { readonly kind: 'gate-off'; readonly gate: string }
  | { readonly kind: 'lift-requirement'; readonly requirement: PolicyRequirement }
  /** The policy in force as it is, signed anew: after the approver was replaced, or a document was lost. */
  | { readonly kind: 'renew' };

/** The complete new document to be signed. */
export interface ProposedPolicy {
  /** Canonical. */
  readonly text: string;
  readonly version: number;
  /** One line that says what changes. */
  readonly summary: string;
}

/**
 * The document that a change makes of the policy in force, narrowed as that is: a signature never brings back what was
 * taken away here. What has expired by `at` is left out. `version` follows LOC-082.
 */
export function proposePolicy(_policy: PolicyInForce, _change: PolicyChange, _at: number): ProposedPolicy {
  throw new TypeError('not built yet');
}
