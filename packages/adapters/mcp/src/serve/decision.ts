import type { Basis, RequestEvent } from '@airlock/runtime/client';
import type { Coded } from './failure.js';

/** What a request came to. Nothing but `approved` is a permission. */
export type Decision =
  /** `standing`: by a policy that the approver signed before. */
  | { readonly state: 'approved'; readonly by: 'approver' | 'standing' }
  /** Nobody was asked and nobody approved: a signed policy does not gate it (LOC-045). */
  | { readonly state: 'not-gated'; readonly basis: Basis['kind'] }
  /** `reason` is the approver's, untrusted; empty where none was given. */
  | { readonly state: 'rejected'; readonly reason: string }
  | { readonly state: 'timeout' }
  | { readonly state: 'withdrawn' }
  | ({ readonly state: 'denied' } & Coded);

type Decided = Extract<RequestEvent, { readonly event: 'decided' }>;

/** What the daemon decided. A verdict whose parts do not belong together is a denial. */
export function readDecided(event: Decided): Decision {
  const { verdict, outcome, basis } = event;
  switch (verdict) {
    case 'allow':
      return allowed(event);
    case 'pass':
      return outcome === 'passed' && basis !== undefined ? { state: 'not-gated', basis: basis.kind } : BAD_ANSWER;
    case 'deny':
      return refused(event);
  }
}

function allowed({ outcome, basis }: Decided): Decision {
  if (outcome === 'approved') return { state: 'approved', by: 'approver' };
  const isSigned = basis?.kind === 'grant' || basis?.kind === 'pattern';
  return outcome === 'policy' && isSigned ? { state: 'approved', by: 'standing' } : BAD_ANSWER;
}

function refused({ outcome, code, reason, fix }: Decided): Decision {
  switch (outcome) {
    case 'rejected':
      return { state: 'rejected', reason: reason ?? '' };
    case 'timeout':
      return { state: 'timeout' };
    case 'withdrawn':
      return { state: 'withdrawn' };
    case 'policy':
    case 'failed':
      return denied({
        code: code ?? 'denied',
        message: reason ?? 'it was denied',
        ...(fix === undefined ? {} : { fix }),
      });
    case 'approved':
    case 'passed':
      return BAD_ANSWER;
  }
}

/** A denial that no human made. */
export function denied(why: Coded): Decision {
  return { state: 'denied', ...why };
}

const BAD_ANSWER = denied({ code: 'bad_answer', message: 'the daemon gave an answer that is none' });
