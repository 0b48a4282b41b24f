import { STRICTEST_POLICY } from '@airlock/policy';
import { RuntimeError } from '../errors.js';
import type { PolicyDesk } from './policy-desk.js';

/** Nothing is permitted and nothing can be recorded: in force where the files behind the policy cannot be used. */
export const strictestPolicies: PolicyDesk = {
  inForce: () => STRICTEST_POLICY,
  isTainted: () => true,
  taint: () => {
    throw new RuntimeError('state_unavailable', 'that the session changed its shell cannot be recorded');
  },
  endedGrants: [],
  endGrant: () => {
    throw new RuntimeError('state_unavailable', 'the end of a grant cannot be recorded');
  },
};
