import { AirlockError } from '@airlock/protocol';

/** A gated message that is no call anybody could describe. The message holds nothing of it. */
export class CallError extends AirlockError<'call_invalid'> {
  constructor(message: string) {
    super('call_invalid', message);
  }
}
