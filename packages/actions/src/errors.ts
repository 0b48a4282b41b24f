import { AirlockError } from '@airlock/protocol';

/** Why an action cannot be put before a human. Each one means: deny. */
export type ActionErrorCode =
  | 'action_invalid'
  | 'action_too_large'
  | 'command_too_long'
  | 'content_not_text'
  | 'environment_unreadable'
  | 'not_a_rendering';

/** An action that cannot become a plaintext. The message is for the user and names no content. */
export class ActionError extends AirlockError<ActionErrorCode> {}
