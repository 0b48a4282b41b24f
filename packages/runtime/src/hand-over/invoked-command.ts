import { lexCommandLine } from '@airlock/policy';
import type { Asked } from '../service/asked.js';

/** What is between our program and the command, in the one form that is understood. */
const [VERB, SEPARATOR] = ['run', '--'] as const;

/**
 * CMD where the whole line of a shell call is `airlock run -- CMD`: one simple command without expansion, redirection or
 * assignment, whose first word was found to be `program`, the daemon's own main file. Null for every other line, flags of
 * `airlock run` and an interpreter in front of the file included: then the words do not prove what is invoked.
 */
export function invokedCommand(
  { plaintext, facts }: Pick<Asked, 'plaintext' | 'facts'>,
  program: string | null,
): readonly string[] | null {
  const { action } = plaintext;
  if (program === null || action.kind !== 'command' || action.shell === undefined) return null;
  const line = lexCommandLine({ command: action.commandText, shell: action.shell });
  if (!line.ok || line.hasRedirection || line.commands.length !== 1) return null;
  const [command] = line.commands;
  const [found] = facts?.commands ?? [];
  if (command === undefined || found?.program?.path !== program) return null;
  const [, verb, separator, ...argv] = command.argv;
  return verb === VERB && separator === SEPARATOR && argv.length > 0 ? argv : null;
}
