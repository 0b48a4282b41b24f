import type { Cli } from './context.js';
import { CommandFailure, EXIT, UsageError } from './failure.js';

interface Question {
  readonly message: string;
  /** What a caller without a terminal types instead. */
  readonly otherwise: string;
}

function assertTerminal(cli: Cli, question: Question): void {
  if (cli.stdinIsTerminal && cli.stderrIsTerminal) return;
  throw new UsageError(`${question.message}: there is no terminal to ask on`, question.otherwise);
}

function answered<T>(answer: T | symbol): T {
  if (typeof answer !== 'symbol') return answer;
  throw new CommandFailure('interrupted', 'interrupted', { exitCode: EXIT.interrupted });
}

/** Asks for a secret without showing it. */
export async function askSecret(cli: Cli, question: Question): Promise<string> {
  assertTerminal(cli, question);
  const { password } = await import('@clack/prompts');
  return answered(await password({ message: question.message, output: process.stderr }));
}

/** Asks for one line. */
export async function askLine(cli: Cli, question: Question): Promise<string> {
  assertTerminal(cli, question);
  const { text } = await import('@clack/prompts');
  return answered(await text({ message: question.message, output: process.stderr })).trim();
}

/** Asks yes or no; no is the default. */
export async function askConfirmation(cli: Cli, question: Question): Promise<boolean> {
  assertTerminal(cli, question);
  const { confirm } = await import('@clack/prompts');
  return answered(await confirm({ message: question.message, initialValue: false, output: process.stderr }));
}
