import { closeSync, openSync, writeSync } from 'node:fs';
import { visible } from '@airlock/adapter-run';
import { CommandFailure } from './failure.js';

/** The controlling terminal, whatever standard output and error lead to. */
export interface ControllingTerminal {
  write(line: string): void;
  close(): void;
}

/** Opens the controlling terminal; null when there is none. */
export function openTerminal(): ControllingTerminal | null {
  let descriptor: number;
  try {
    descriptor = openSync('/dev/tty', 'w');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
  return {
    write: (line) => {
      writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/** The controlling terminal, for what must be seen by nobody but the human in front of it. */
export function requireTerminal(what: string): ControllingTerminal {
  const terminal = openTerminal();
  if (terminal !== null) return terminal;
  throw new CommandFailure('no_terminal', `${what} is shown on a terminal only, and there is none`, {
    fix: 'run it in a terminal, or use --json where the caller keeps the output secret',
  });
}

export { visible };
