import { type Command, parse, type Script, type Statement, type Word, type WordPart } from 'unbash';
import type { ParsedCommand } from './parse-line.js';

/** A shell parser: the tree of a text. It may throw, and its tree may be wrong. */
export type ShellParser = (text: string) => Script & { readonly errors?: readonly unknown[] | undefined };

/** What the other parser makes of one command, in the terms of ours. */
interface SeenCommand {
  readonly operator: string | undefined;
  readonly argv: readonly string[];
  readonly redirections: readonly string[];
}

/**
 * Whether another parser, written for all of bash, reads exactly the same commands, words, operators and redirections from
 * a line. It can only take a yes away; an error of any kind is a no.
 */
export function secondOpinionAgrees(
  text: string,
  commands: readonly ParsedCommand[],
  parser: ShellParser = parse,
): boolean {
  try {
    const script = parser(text);
    if (script.shebang !== undefined || (script.errors !== undefined && script.errors.length > 0)) return false;
    const seen = script.commands.flatMap((statement, index) => seenIn(statement, index, text));
    return seen.length === commands.length && commands.every((command, index) => isSame(command, seen[index]));
  } catch {
    return false;
  }
}

class Unexpected extends Error {}

function seenIn(statement: Statement, index: number, text: string): readonly SeenCommand[] {
  if (statement.background === true) throw new Unexpected('background');
  const first = index === 0 ? undefined : ';';
  return flatten(statement.command, first, text);
}

function flatten(node: Statement['command'], operator: string | undefined, text: string): readonly SeenCommand[] {
  if (node.type === 'Command') return [seenCommand(node, operator, text)];
  if (node.type !== 'AndOr' && node.type !== 'Pipeline') throw new Unexpected(node.type);
  if (node.type === 'Pipeline' && node.prefixes.length > 0) throw new Unexpected('prefix');
  return node.commands.flatMap((part, index) =>
    flatten(part, index === 0 ? operator : node.operators[index - 1], text),
  );
}

function seenCommand(node: Command, operator: string | undefined, text: string): SeenCommand {
  if (node.name === undefined || node.prefix.length > 0) throw new Unexpected('prefix');
  const argv = [literal(node.name)];
  const redirections: string[] = [];
  for (const part of node.suffix) {
    if (part.type === 'Word') argv.push(literal(part));
    else if (part.type === 'Redirect') redirections.push(text.slice(part.pos, part.end));
    else throw new Unexpected(part.type);
  }
  return { operator, argv, redirections };
}

/** The text of a word in which nothing is expanded. */
function literal(word: Word): string {
  if (!(word.parts ?? []).every(isLiteral)) throw new Unexpected(word.text);
  return word.value;
}

function isLiteral(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted') return part.parts.every((inner) => inner.type === 'Literal');
  return part.type === 'Literal' || part.type === 'SingleQuoted';
}

function isSame(ours: ParsedCommand, theirs: SeenCommand | undefined): boolean {
  return (
    theirs !== undefined &&
    ours.operator === theirs.operator &&
    isSameList(ours.argv, theirs.argv) &&
    isSameList(ours.redirections, theirs.redirections)
  );
}

function isSameList(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.length === theirs.length && ours.every((word, index) => word === theirs[index]);
}
