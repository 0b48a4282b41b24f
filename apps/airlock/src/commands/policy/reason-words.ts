import type { AskReason } from '@airlock/policy';

/** What each reason for asking means, for a person; the codes are what scripts read. */
const WORDS: Readonly<Record<AskReason, string>> = {
  no_rule: 'there is no pattern here',
  no_facts: 'nothing is known about what the command resolves to',
  pin_changed: 'what its pattern is pinned to has changed',
  policy_change: 'changes of policy are always asked',
  protected_target: 'it touches Airlock itself, or what starts it',
  read_outside: 'it reads outside the workspace',
  read_secret: 'it reads a file whose name says that it holds secrets',
  reads_required: 'this workspace requires to be asked for reads too',
  tainted_session: 'an earlier command changed the shell of this session',
  tool_changed: 'the server or the tool is not what was approved last under its name',
  unknown_input: 'the tool was given input that is not known',
  pattern_invalid: 'its pattern is none',
  pattern_too_broad: 'its pattern is too broad',
  too_long: 'the line is too long to be judged',
  too_many_commands: 'the line has too many commands to be judged',
  character: 'the line has a character that is never judged',
  empty: 'there is no command in it',
  expansion: 'the shell would replace a part of it',
  quoting: 'its quotes are not of the kinds that are judged',
  operator: 'it has an operator that is not judged',
  redirection: 'it redirects to or from a file',
  assignment: 'it sets a variable',
  reserved_word: 'it begins with a reserved word of the shell',
  builtin: 'it begins with a builtin that changes the shell',
  wrapper: 'it starts another command through a wrapper',
  interpreter: 'it starts an interpreter',
  shell_unsupported: 'lines of this shell are always asked',
  second_opinion: 'two parsers read it differently',
  no_match: 'no pattern has these words',
  extra_words: 'it has words that its pattern does not allow',
  piped_input: 'it reads what another command writes',
};

function isReason(code: string): code is AskReason {
  return Object.hasOwn(WORDS, code);
}

/** A reason in words; empty for one that this version does not know. */
export function reasonWords(code: string): string {
  return isReason(code) ? WORDS[code] : '';
}
