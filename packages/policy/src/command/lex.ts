import type { MatchReason } from '../patterns/reasons.js';
import { type ParsedLine, parseLine } from './parse-line.js';
import { refuse } from './refusal.js';
import { secondOpinionAgrees } from './second-opinion.js';

/** A command line and the shell that reads it. */
export interface CommandLine {
  readonly command: string;
  /** Name or path of the shell; only bash, dash, sh and zsh are known. */
  readonly shell: string;
}

/** One simple command by its words. */
export interface SimpleCommand {
  /** The command word first. */
  readonly argv: readonly string[];
  /** Its standard input is the output of the command before. */
  readonly isPiped: boolean;
}

/** The commands of a line, or why it is not a list of simple commands; veto of the second opinion included. */
export type LexedLine =
  | {
      readonly ok: true;
      readonly commands: readonly SimpleCommand[];
      /** One of the accepted redirections stands somewhere in the line (DND-090 counts that as no simple command). */
      readonly hasRedirection: boolean;
    }
  | { readonly ok: false; readonly reason: Exclude<MatchReason, 'match'>; readonly detail?: string };

/** Everything the lexer accepts means the same in all of them. */
const SHELLS: ReadonlySet<string> = new Set(['bash', 'dash', 'sh', 'zsh']);

/**
 * Reads a command line as a list of simple commands with exactly known words, or refuses it (ENF-170). Which programs they
 * run is for {@link matchWords}. Total; linear in the length of the line.
 */
export function lexCommandLine(line: CommandLine): LexedLine {
  const shell = line.shell.slice(line.shell.lastIndexOf('/') + 1);
  if (!SHELLS.has(shell)) return refuse('shell_unsupported', shell);
  const text = line.command.endsWith('\n') ? line.command.slice(0, -1) : line.command;
  const parsed = parseAgreed(text);
  if (!parsed.ok) return parsed;
  return {
    ok: true,
    commands: parsed.commands.map(({ argv, operator }) => ({ argv, isPiped: operator === '|' })),
    hasRedirection: parsed.commands.some(({ redirections }) => redirections.length > 0),
  };
}

/** What the lexer and the second opinion read alike; `text` is without its final newline. */
export function parseAgreed(text: string): ParsedLine {
  const parsed = parseLine(text);
  return parsed.ok && !secondOpinionAgrees(text, parsed.commands) ? refuse('second_opinion') : parsed;
}
