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

function cancelled(): CommandFailure {
  return new CommandFailure('interrupted', 'interrupted', { exitCode: EXIT.interrupted });
}

/** Asks for a secret without showing it. */
export async function askSecret(cli: Cli, question: Question): Promise<string> {
  assertTerminal(cli, question);
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: question.message, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

/** Asks for one line. */
export async function askLine(cli: Cli, question: Question): Promise<string> {
  assertTerminal(cli, question);
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message: question.message, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

/** Asks yes or no; no is the default. */
export async function askConfirmation(cli: Cli, question: Question): Promise<boolean> {
  assertTerminal(cli, question);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question.message, initialValue: false, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer;
}
