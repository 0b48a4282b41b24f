import type { LocalRestriction, PolicyInForce } from '@airlock/policy';
import { isDeepStrictEqual } from 'node:util';
import type { PolicyStanding } from './policy-desk.js';

export interface Held {
  readonly standing: PolicyStanding;
  /** Of a document that is being signed; 0 without one. */
  readonly pending: number;
}

/**
 * Whether a restriction would change nothing: it is recorded already, or the document in force does not permit what it
 * takes away. A document that is not in force now may be again, and one that is being signed is not known here.
 */
export function holdsAlready(restriction: LocalRestriction, { standing, pending }: Held): boolean {
  const { policy, document, restrictions } = standing;
  if (restrictions.some((one) => isDeepStrictEqual(one, restriction))) return true;
  const isWhole = document === null || policy.version === document.version;
  return isWhole && pending === 0 && !permits(policy, restriction);
}

function permits(policy: PolicyInForce, restriction: LocalRestriction): boolean {
  switch (restriction.kind) {
    case 'auto-off':
      return policy.autoUntil !== null;
    case 'fail-closed':
      return policy.failOpenUntil !== null;
    case 'pattern-removed':
      return [...policy.patterns, ...policy.tools].some(({ id }) => id === restriction.patternId);
    case 'path-managed':
      return policy.unmanaged.includes(restriction.path);
    case 'gate-on':
      return policy.gatesOff.includes(restriction.gate);
    case 'require':
      return !policy.requirements.includes(restriction.requirement);
  }
}
