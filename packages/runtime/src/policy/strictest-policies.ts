import { STRICTEST_POLICY } from '@airlock/policy';
import { RuntimeError } from '../errors.js';
import type { PolicyDesk } from './policy-desk.js';

function unusable(what: string): never {
  throw new RuntimeError('state_unavailable', `${what} cannot be recorded`, { fix: 'airlock doctor' });
}

/** Nothing is permitted and nothing can be recorded: in force where the files behind the policy cannot be used. */
export const strictestPolicies: PolicyDesk = {
  inForce: () => STRICTEST_POLICY,
  standing: () => ({ policy: STRICTEST_POLICY, document: null, restrictions: [], problem: null }),
  reload: () => undefined,
  nextBase: () => 0,
  begin: () => unusable('a change of policy'),
  narrow: () => unusable('a restriction'),
  isTainted: () => true,
  taint: () => unusable('that the session changed its shell'),
  endedGrants: [],
  endGrant: () => unusable('the end of a grant'),
  settled: async () => undefined,
};
