import { constants } from 'node:os';
import type { Cli } from './context.js';

/** 128 + n of the signal that interrupted a command; 130 where it is unknown. */
export function interruptedExit(cli: Cli): number {
  const reason: unknown = cli.interruption().reason;
  const name = reason === 'SIGTERM' || reason === 'SIGHUP' ? reason : 'SIGINT';
  return 128 + constants.signals[name];
}

/** Runs a command that an interruption ends with 128 + n instead of an error. */
export async function interruptible(cli: Cli, action: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const signal = cli.interruption();
  try {
    const exitCode = await action(signal);
    return signal.aborted ? interruptedExit(cli) : exitCode;
  } catch (error) {
    if (signal.aborted) return interruptedExit(cli);
    throw error;
  }
}
