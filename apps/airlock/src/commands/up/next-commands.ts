import type { Cli } from '../../cli/context.js';
import { commandLine, commandLineIn } from '../../cli/invocation.js';

/** What to type next, complete, in other terminals. */
export function nextCommands(cli: Cli, workspace: string): readonly string[] {
  return [
    '',
    'Terminal 2 (the human): see what waits, look at it, decide',
    `  ${commandLine(cli, 'approver', 'inbox')}`,
    `  ${commandLine(cli, 'approver', 'show')} ID`,
    `  ${commandLine(cli, 'approver', 'approve')} ID`,
    `  ${commandLine(cli, 'approver', 'reject')} ID --reason no`,
    '',
    'Terminal 3 (Claude Code): put it behind Airlock, then start claude in this folder',
    `  ${commandLine(cli, 'claude', 'install')}`,
    '',
    'Terminal 3 (the agent’s command): it waits for the human',
    `  ${commandLineIn(cli, workspace, 'run', '--', 'sh', '-c', 'echo hi > out.txt')}`,
    '',
  ];
}

/** Says {@link nextCommands}; nothing in them is secret. */
export function sayNextCommands(cli: Cli, workspace: string): void {
  for (const line of nextCommands(cli, workspace)) cli.say(line);
}
