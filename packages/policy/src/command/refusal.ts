import type { MatchReason } from '../patterns/reasons.js';

/** Why a line is no list of simple commands, and the word or character in question. */
export interface Refusal {
  readonly ok: false;
  readonly reason: Exclude<MatchReason, 'match'>;
  readonly detail?: string;
}

/** A {@link Refusal}. */
export function refuse(reason: Refusal['reason'], detail?: string): Refusal {
  return detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
}
