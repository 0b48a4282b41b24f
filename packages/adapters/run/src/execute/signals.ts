import type { ChildProcess } from 'node:child_process';
import { inForeground } from './terminal.js';

/** Sent by the kernel to the whole foreground group; passing them on would deliver them twice. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/** Passed on always. USR1 too: unhandled, it would open Node's inspector. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'];

/**
 * Stands between the caller's signals and the child while it runs: passes on what only we got, swallows what the
 * kernel gave to the child too, stops and continues together with it.
 *
 * @returns a function that puts the default behaviour back
 */
export function relaySignals(child: ChildProcess): () => void {
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of PASSED_ON) handlers.set(signal, () => child.kill(signal));
  for (const signal of FROM_TERMINAL) {
    handlers.set(signal, () => {
      if (!inForeground()) child.kill(signal);
    });
  }
  const stop = (): void => {
    if (!inForeground()) child.kill('SIGTSTP');
    // By the default action, which the kernel withholds from an orphaned group: then the child goes on too.
    process.off('SIGTSTP', stop);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', stop);
  };
  handlers.set('SIGTSTP', stop);
  handlers.set('SIGCONT', () => child.kill('SIGCONT'));
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
