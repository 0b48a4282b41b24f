import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';

/** The command tree without a process around it; nothing of it is run. */
export function programTree(): Command {
  const silent = () => undefined;
  return createProgram({
    cli: {
      environment: {},
      entry: '/main.js',
      startedAs: '/main.js',
      afterSeparator: null,
      stdinIsTerminal: false,
      stderrIsTerminal: false,
      terminalColumns: () => 80,
      say: silent,
      print: silent,
      emit: silent,
      interruption: () => new AbortController().signal,
    },
    perform: async () => undefined,
  });
}

/** Every command below the program, by its full name. */
export function allCommands(command: Command = programTree(), name = ''): ReadonlyMap<string, Command> {
  const found = new Map<string, Command>();
  for (const child of command.commands) {
    const path = `${name} ${child.name()}`.trim();
    found.set(path, child);
    for (const [below, each] of allCommands(child, path)) found.set(below, each);
  }
  return found;
}
