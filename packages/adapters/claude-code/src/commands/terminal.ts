import { closeSync, openSync, writeSync } from 'node:fs';
import { CommandFailure } from './failure.js';

/**
 * Runs something that shows lines on the controlling terminal, whatever standard output leads to.
 *
 * @throws CommandFailure `no_terminal` when there is none, before anything is done
 */
export async function withTerminal<T>(work: (show: (line: string) => void) => Promise<T>): Promise<T> {
  const descriptor = openTerminal();
  try {
    return await work((line) => {
      writeSync(descriptor, `${line}\n`);
    });
  } finally {
    closeSync(descriptor);
  }
}

function openTerminal(): number {
  try {
    return openSync('/dev/tty', 'w');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new CommandFailure('no_terminal', 'a pairing code is shown on a terminal only, and there is none');
  }
}
