import { AirlockError } from '@airlock/protocol';

/** Why a change cannot be proposed. */
export type PolicyChangeErrorCode = 'policy_change_invalid';

/** A change of policy that nobody should be asked to sign. The message is for the user. */
export class PolicyChangeError extends AirlockError<PolicyChangeErrorCode> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('policy_change_invalid', message, options);
  }
}
