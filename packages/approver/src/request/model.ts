import type { DisplayCard, Rendered } from '@airlock/actions';
import type { AirlockAction, ApprovalRequest, DecisionWord } from '@airlock/protocol';
import type { ApproverPairing } from '../memory.js';
import type { PolicyReading } from '../policy/read-policy.js';

/** Why approving is impossible. Closed: approvers key their words on it. */
export const OBSTACLES = [
  'unknown-pairing',
  'revoked-pairing',
  'undecryptable',
  'waiting-for-proof',
  'not-text',
  'foreign-plaintext',
  'wrong-aad',
  'hash-mismatch',
  'not-canonical',
  'unreadable-action',
  'request-mismatch',
  'content-hash-mismatch',
  'policy-rolled-back',
  'policy-version',
  'policy-unreadable',
  'cannot-loosen',
  'expired',
] as const;

/** One of {@link OBSTACLES}. */
export type Obstacle = (typeof OBSTACLES)[number];

/** What the user must be told although approving is possible. */
export const WARNINGS = ['not-bound', 'gateway-trusted', 'policy-rolled-back', 'invalid-choices'] as const;

/** One of {@link WARNINGS}. */
export type Warning = (typeof WARNINGS)[number];

/** What was decrypted. */
export type OpenedContent =
  /** Plaintext of our form, every check of APPR-150 passed. */
  | {
      readonly kind: 'action';
      readonly action: AirlockAction;
      readonly card: DisplayCard;
      /** Of a `policy.change` whose document was understood whole. */
      readonly policy?: PolicyReading;
    }
  /** Any other text, or one of our form that failed a check: shown whole, in nobody's words. */
  | { readonly kind: 'text'; readonly rendered: Rendered }
  | { readonly kind: 'none' };

/** A button. `decision` stands beside every caption; an enforcer's caption is secondary (APPR-190). */
export interface Choice {
  /** Goes into `policyHints.actionId`; absent in the default pair. */
  readonly id?: string;
  /** The enforcer's caption, rendered; absent in the default pair. */
  readonly caption?: string;
  readonly decision: DecisionWord;
}

/** A request for a decision, decrypted and judged. */
export interface OpenedRequest {
  readonly request: ApprovalRequest;
  /** This approver's own record; null when it knows no such pairing. */
  readonly pairing: ApproverPairing | null;
  readonly content: OpenedContent;
  /** True when SHA-256 of the decrypted bytes is the hash that would be signed. */
  readonly bound: boolean;
  /** True when no obstacle holds. */
  readonly canApprove: boolean;
  /** Rejecting stays possible unless the pairing is unknown, revoked or waits for proof (APPR-140, PAIR-250). */
  readonly canReject: boolean;
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly Warning[];
  readonly choices: readonly Choice[];
}
