import { failureAnswer } from '../answers/answers.js';
import { type HookOutput, isToolCall } from './answer-form.js';

/** The hook's own deny, for whatever was thrown (LOC-100). */
export function refusal(event: string, cause: unknown): HookOutput {
  const { body, reason = '' } = failureAnswer(cause);
  return { exit: 2, stdout: isToolCall(event) ? body : '', stderr: reason };
}
