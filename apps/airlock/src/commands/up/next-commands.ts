import type { Cli } from '../../cli/context.js';
import { commandLine, commandLineIn } from '../../cli/invocation.js';

/** What to type next, complete, in other terminals. */
export function nextCommands(cli: Cli, workspace: string): readonly string[] {
  return [
    'In another terminal, the agent’s command; it waits for you:',
    `  ${commandLineIn(cli, workspace, 'run', '--', 'sh', '-c', 'echo hi > out.txt')}`,
    'Where the approver is: see what waits, look at it, decide:',
    `  ${commandLine(cli, 'approver', 'inbox')}`,
    `  ${commandLine(cli, 'approver', 'show')} ID`,
    `  ${commandLine(cli, 'approver', 'approve')} ID`,
    `  ${commandLine(cli, 'approver', 'reject')} ID --reason no`,
  ];
}

/** Says {@link nextCommands}; nothing in them is secret. */
export function sayNextCommands(cli: Cli, workspace: string): void {
  for (const line of nextCommands(cli, workspace)) cli.say(line);
}
