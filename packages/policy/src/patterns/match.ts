import type { MatchReason } from './reasons.js';

/** A command line and the shell that reads it. */
export interface CommandLine {
  readonly command: string;
  /** Name or path of the shell; only bash, dash, sh and zsh are known. */
  readonly shell: string;
}

/** Whether one pattern approves a command line (CLI `policy match`). */
export interface MatchResult {
  readonly approve: boolean;
  readonly reason: MatchReason;
  /** The word or character in question. */
  readonly detail?: string;
}

/** Pattern, lexer and second opinion together; pins and protected targets are not part of it. */
export function matchCommandLine(_pattern: string, _line: CommandLine): MatchResult {
  throw new TypeError('not built yet');
}

/** One simple command by its words. */
export interface SimpleCommand {
  readonly argv: readonly string[];
  /** Its standard input is the output of the command before. */
  readonly isPiped: boolean;
}

/** The commands of a line, or why it is not a list of simple commands; veto of the second opinion included. */
export type LexedLine =
  | {
      readonly ok: true;
      readonly commands: readonly SimpleCommand[];
      /** One of the redirections of ENF-170 stands somewhere in the line; an approving selector must not cover it (DND-090). */
      readonly hasRedirection: boolean;
    }
  | { readonly ok: false; readonly reason: Exclude<MatchReason, 'match'>; readonly detail?: string };

/** Reads a command line as strictly as SECURITY-NOTES 4 says. */
export function lexCommandLine(_line: CommandLine): LexedLine {
  throw new TypeError('not built yet');
}

/** A pattern that passed validation (ENF-175). */
export interface ReadPattern {
  readonly argv: readonly string[];
  /** Extra words of the fixed allow-list of this subcommand are accepted. */
  readonly allowsExtra: boolean;
}

/** A pattern, or why it approves nothing. */
export type PatternReading =
  | { readonly ok: true; readonly pattern: ReadPattern }
  | { readonly ok: false; readonly reason: Exclude<MatchReason, 'match'>; readonly message: string };

/** Validates a pattern; done at creation and at load. */
export function readPattern(_text: string): PatternReading {
  throw new TypeError('not built yet');
}

/** Whether a pattern covers one simple command: exact words, or words of the allow-list behind them. */
export function matchWords(_pattern: ReadPattern, _command: SimpleCommand): MatchResult {
  throw new TypeError('not built yet');
}

/** What a pattern will and will not match, for `airlock patterns add`. */
export function explainPattern(_text: string): readonly string[] {
  throw new TypeError('not built yet');
}
