import type { PairingProgress, PairingRefusal } from '@airlock/enforcer';

const MESSAGES: Readonly<Record<PairingRefusal, string>> = {
  malformed: 'the answer of the approver was malformed',
  nonce: 'the answer belongs to another pairing',
  timestamp: 'the clocks of this computer and the approver differ by more than five minutes',
  key: 'the answer holds a key that cannot be used',
  signature: 'the signature of the answer is wrong',
  confirm: 'the approver did not prove that it knows the code',
  capabilities: 'the capabilities of the approver were changed on the way',
  unverified: 'only pairings with the full code are allowed here',
  already_pairing: 'a pairing of this workspace is under way already',
  cancelled: 'the pairing was cancelled',
  code_invalid: 'the code is unknown, used or expired',
  consent: 'this app needs your consent first',
  declined: 'you did not confirm the pairing',
  gateway: 'the gateway could not be used for pairing',
  key_pinned:
    'this workspace trusts another approver: let it agree on its device, or use the recovery code (airlock pair --recovery-code-stdin)',
  not_signed_in: 'this computer is not signed in; run airlock sign-in',
  recovery_code_wrong: 'the recovery code is wrong',
  recovery_unavailable: 'there is no recovery code for this workspace',
  rejected: 'the pairing was rejected on the approver',
  shutting_down: 'the daemon is stopping',
  state_unwritable: 'the pairing could not be saved',
};

/** Why a pairing ended, for the human at the terminal. */
export function refusalMessage(step: Extract<PairingProgress, { kind: 'refused' }>): string {
  const message = MESSAGES[step.reason];
  return step.interception ? `${message}; the pairing may have been intercepted, start again with a new code` : message;
}
