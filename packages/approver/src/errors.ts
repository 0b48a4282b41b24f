import { AirlockError } from '@airlock/protocol';

/** Why the approver signs nothing. */
export type ApproverErrorCode =
  | 'already_decided'
  | 'approval_impossible'
  | 'rejection_impossible'
  | 'request_expired'
  | 'reason_too_long'
  | 'unknown_choice'
  | 'grant_impossible'
  | 'denial_impossible'
  | 'pairing_not_open'
  | 'pairing_key_missing'
  | 'memory_unreadable';

/** Something the approver refuses to do. Nothing was signed. */
export class ApproverError extends AirlockError<ApproverErrorCode> {}
