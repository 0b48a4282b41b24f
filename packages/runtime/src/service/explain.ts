import type { Core } from './core.js';

export interface Explanation {
  readonly reason: string;
  readonly fix?: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  already_executed: { reason: 'this approval was used already' },
  app_consent_denied: { reason: 'you denied this app access', fix: 'allow it on your approver' },
  app_consent_pending: { reason: 'this app still waits for your consent', fix: 'allow it on your approver' },
  app_consent_required: { reason: 'this app needs your consent', fix: 'allow it on your approver' },
  approval_expired: { reason: 'the approval was not used in time' },
  call_over: { reason: 'the call of the host that this was approved for is over' },
  deadline_passed: { reason: 'nobody answered in time' },
  gateway_mismatch: {
    reason: 'this workspace is paired through another gateway than the one you are signed in to',
    fix: 'airlock pair',
  },
  gateway_unreachable: { reason: 'the gateway cannot be reached', fix: 'airlock status' },
  not_approved: { reason: 'there is no approval to use' },
  not_paired: { reason: 'this workspace is not paired with an approver', fix: 'airlock pair' },
  not_signed_in: { reason: 'this computer is not signed in to a gateway', fix: 'airlock sign-in --gateway URL' },
  pairing_in_progress: { reason: 'a pairing of this workspace is under way' },
  pairing_revoked: { reason: 'the pairing of this workspace was revoked', fix: 'airlock pair' },
  pairing_unverified: {
    reason: 'this workspace requires a verified pairing and its approver has not proved the code',
    fix: 'airlock pair',
  },
  policy_changed: { reason: 'the policy that permitted this is no longer in force', fix: 'airlock policy show' },
  policy_denied: { reason: 'a standing policy of your approver denies this', fix: 'airlock policy grants' },
  repeated_rejection: { reason: 'you rejected exactly this three times within ten minutes' },
  shutting_down: { reason: 'the daemon is stopping', fix: 'airlock daemon start' },
  signed_out: { reason: 'you signed out', fix: 'airlock sign-in --gateway URL' },
  starting: { reason: 'the daemon is still starting; try again' },
  too_many_open: {
    reason: 'too many requests wait already: eight of this session or 32 of this workspace; answer some first',
  },
  tool_changed: { reason: 'the server or its tool is not what you last approved under this name' },
  unauthorized: { reason: 'the gateway does not accept your sign-in any more', fix: 'airlock sign-in --gateway URL' },
  unknown_request: { reason: 'there is no such request' },
  unpaired: { reason: 'this workspace was unpaired', fix: 'airlock pair' },
  withdrawn: { reason: 'the request was withdrawn' },
};

/** What a refusal's code means and what to type; the local problem behind it where there is one. */
export function explain(core: Pick<Core, 'problems'>, code: string): Explanation | null {
  const problem = core.problems.byCode(code);
  if (problem !== undefined) {
    return problem.fix === undefined ? { reason: problem.message } : { reason: problem.message, fix: problem.fix };
  }
  return EXPLANATIONS[code] ?? null;
}
