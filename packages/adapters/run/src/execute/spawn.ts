import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { RUN_EXIT, signalExitCode } from '../exit-codes.js';
import type { BoundCommand } from '../facts/bound-command.js';
import { errnoOf } from '../failure.js';
import { relaySignals } from './signals.js';

/** How the child ended. */
export type ChildOutcome =
  | { readonly result: 'exited'; readonly exitCode: number }
  | { readonly result: 'signalled'; readonly signal: NodeJS.Signals }
  | { readonly result: 'not-started'; readonly code: string };

/** The exit code of `airlock run` for an outcome. */
export function exitCodeOf(outcome: ChildOutcome): number {
  switch (outcome.result) {
    case 'exited':
      return outcome.exitCode;
    case 'signalled':
      return signalExitCode(constants.signals[outcome.signal]);
    case 'not-started':
      return outcome.code === 'ENOENT' ? RUN_EXIT.notFound : RUN_EXIT.refused;
  }
}

/**
 * Starts exactly what the facts describe: no shell, same process group, terminal and standard streams, the bound
 * environment, the inherited directory; resolves when it has ended.
 */
export function execute(facts: BoundCommand): Promise<ChildOutcome> {
  return new Promise((resolve) => {
    const [argv0, ...rest] = facts.argv;
    const child = spawn(facts.executable.path, rest, {
      argv0: argv0 ?? facts.executable.path,
      env: facts.environment,
      stdio: 'inherit',
      shell: false,
    });
    const restore = relaySignals(child);
    child.once('error', (error) => {
      restore();
      resolve({ result: 'not-started', code: errnoOf(error) ?? 'spawn_failed' });
    });
    child.once('close', (code, signal) => {
      restore();
      if (signal !== null) resolve({ result: 'signalled', signal });
      else resolve({ result: 'exited', exitCode: code ?? 0 });
    });
  });
}
