import type { JsonProblem } from '@airlock/protocol';

/** Why a message is not forwarded whatever it asks for: the `data.code` of its error. */
export type MessageProblem =
  | 'json_malformed'
  | 'json_not_utf8'
  | 'json_lone_surrogate'
  | 'json_duplicate_key'
  | 'json_number'
  | 'json_too_deep'
  | 'message_too_large'
  | 'request_invalid';

/** The problem of a text that the strict parser refuses. */
export function problemOf(problem: JsonProblem): MessageProblem {
  switch (problem) {
    case 'malformed':
      return 'json_malformed';
    case 'not_utf8':
      return 'json_not_utf8';
    case 'lone_surrogate':
      return 'json_lone_surrogate';
    case 'duplicate_key':
      return 'json_duplicate_key';
    case 'inexact_number':
      return 'json_number';
    case 'too_deep':
      return 'json_too_deep';
    case 'too_large':
      return 'message_too_large';
    case 'not_an_object':
      return 'request_invalid';
  }
}
