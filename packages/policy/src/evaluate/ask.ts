import type { AskReason, Verdict } from '../verdict.js';

/** The verdict that a human is asked, and why. */
export function ask(reason: AskReason, detail?: string): Extract<Verdict, { readonly kind: 'ask' }> {
  return { kind: 'ask', reason, ...(detail === undefined ? {} : { detail }) };
}
