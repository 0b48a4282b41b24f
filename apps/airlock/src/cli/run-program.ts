import { type Command, CommanderError } from 'commander';
import type { Cli } from './context.js';
import { EXIT, exitCodeFor, readCoded, UsageError } from './failure.js';
import { asTyped } from './invocation.js';
import { createProgram } from './program.js';

/** Commands that take everything after `--` themselves. */
const TAKES_SEPARATOR = new Set(['run', 'explain', 'proxy']);

function oneLine(text: string): string {
  return text
    .replace(/^error:\s*/i, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

function saysUsage(cli: Cli, message: string, type: string): number {
  cli.say(`airlock: ${oneLine(message)} (type: ${asTyped(cli, type)})`);
  return EXIT.usage;
}

/** The command a line of words leads to, as far as it is known. */
function commandOf(program: Command, words: readonly string[]): Command {
  let at = program;
  for (const word of words) {
    const next = at.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function names(command: Command): string {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => each.name())
    .join('|');
}

function fromCommander(cli: Cli, at: Command, error: CommanderError): number {
  if (error.exitCode === 0) return EXIT.ok;
  const name = fullName(at);
  // A group with a default command takes a word it does not know for an argument of that.
  const unknown = error.code === 'commander.unknownCommand' || error.code === 'commander.excessArguments';
  if (error.code === 'commander.help' || (unknown && at.commands.length > 0)) {
    const what = error.code === 'commander.help' ? `${name} needs a command` : error.message;
    return saysUsage(cli, what, `${name} ${names(at)}`);
  }
  return saysUsage(cli, error.message, `${name} --help`);
}

function fromAction(cli: Cli, at: Command, error: unknown): number {
  if (error instanceof UsageError) return saysUsage(cli, error.message, error.type ?? `${fullName(at)} --help`);
  const { code, message, fix } = readCoded(error);
  const what = code === message ? code : `${code} ${oneLine(message)}`;
  // A message that another airlock printed has its advice already, nearer to the cause.
  cli.say(`airlock: ${what}${fix === undefined || message.includes('(try: ') ? '' : ` (try: ${asTyped(cli, fix)})`}`);
  return exitCodeFor(error);
}

/**
 * Runs one command line.
 *
 * @param words - what stands before the first `--`
 * @returns the exit code; whatever went wrong has been said on standard error
 */
export async function runProgram(cli: Cli, words: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram({
    cli,
    perform: async (action) => {
      exitCode = await action();
    },
  });
  const at = commandOf(program, words);
  const operands = TAKES_SEPARATOR.has(at.name()) || cli.afterSeparator === null ? [] : ['--', ...cli.afterSeparator];
  try {
    await program.parseAsync([...words, ...operands], { from: 'user' });
    return exitCode;
  } catch (error) {
    return error instanceof CommanderError ? fromCommander(cli, at, error) : fromAction(cli, at, error);
  }
}
