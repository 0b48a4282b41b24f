import { INTERPRETERS_EXTENSION } from '@airlock/actions';
import { type ActionOf, isJsonObject } from '@airlock/protocol';
import type { ActionFacts, SimpleCommandFacts } from '../facts.js';
import type { SimpleCommand } from '../patterns/match.js';

/** A simple command as the lexer read it, and what was found out about it. */
export interface KnownCommand {
  readonly command: SimpleCommand;
  readonly facts: SimpleCommandFacts;
}

/**
 * Joins the commands of an action with their facts, one to one. Null when the facts are about something else: they must
 * have the words that the lexer found and, where no shell stands between, the program that the action binds.
 */
export function knownCommands(
  action: ActionOf<'command'>,
  facts: ActionFacts,
  commands: readonly SimpleCommand[],
): readonly KnownCommand[] | null {
  if (facts.commands.length !== commands.length) return null;
  const known: KnownCommand[] = [];
  for (const [index, command] of commands.entries()) {
    const its = facts.commands[index];
    if (its === undefined || !hasWords(its, command.argv)) return null;
    if (action.shell === undefined && !isBound(action, its)) return null;
    known.push({ command, facts: its });
  }
  return known;
}

function hasWords({ argv }: SimpleCommandFacts, words: readonly string[]): boolean {
  return argv.length === words.length && argv.every((word, index) => word === words[index]);
}

function isBound(action: ActionOf<'command'>, { program, interpreters }: SimpleCommandFacts): boolean {
  const bound: unknown = action.extensions?.[INTERPRETERS_EXTENSION] ?? [];
  return (
    program !== null &&
    program.path === action.program &&
    program.sha256 === action.programSha256 &&
    Array.isArray(bound) &&
    bound.length === interpreters.length &&
    interpreters.every(({ path, sha256 }, index) => {
      const file: unknown = bound[index];
      return isJsonObject(file) && file['path'] === path && file['sha256'] === sha256;
    })
  );
}
