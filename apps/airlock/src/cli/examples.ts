import type { Command } from 'commander';

/** Puts examples under the help of a command: what is typed, and what it is for. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [typed: string, purpose: string])[],
): Command {
  const width = Math.max(...examples.map(([typed]) => typed.length));
  const lines = examples.map(([typed, purpose]) => `  ${typed.padEnd(width)}  ${purpose}`);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}
