import type { MatchReason } from './patterns/reasons.js';

/** What a call is allowed by without a human (LOC-045). */
export type AllowBasis =
  /** Ids of the signed patterns, one per simple command, or of the signed tool. */
  | { readonly kind: 'pattern'; readonly patternIds: readonly string[] }
  /** A signed standing policy (DND-060). */
  | { readonly kind: 'grant'; readonly policyId: string };

/** Why nothing gates a call. */
export type PassBasis =
  /** `until` in epoch milliseconds. */
  | { readonly kind: 'auto'; readonly until: number }
  | { readonly kind: 'gate-off'; readonly gate: string }
  | { readonly kind: 'unmanaged'; readonly path: string }
  /** It only reads, inside the workspace, and no secrets (LOC-045). */
  | { readonly kind: 'read' };

/** Why a human is asked, when it is not the command's own form. */
export const ASK_REASONS = [
  'no_rule',
  'no_facts',
  'pin_changed',
  'policy_change',
  'protected_target',
  'read_outside',
  'read_secret',
  'reads_required',
  'tainted_session',
  'tool_changed',
  'unknown_input',
] as const;
/** Why a human is asked. */
export type AskReason = (typeof ASK_REASONS)[number] | Exclude<MatchReason, 'match'>;

/** What happens to an action before a human is asked. */
export type Verdict =
  | { readonly kind: 'allow'; readonly basis: AllowBasis }
  | { readonly kind: 'pass'; readonly basis: PassBasis }
  /** A denying standing policy applies (DND-070). */
  | { readonly kind: 'deny'; readonly policyId: string }
  | {
      readonly kind: 'ask';
      readonly reason: AskReason;
      /** What in particular, in words: which pin changed, which target is protected, which word is refused. */
      readonly detail?: string;
    };
