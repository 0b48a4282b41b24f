import { setTimeout as delay } from 'node:timers/promises';
import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import { withRestrictions } from '../restrictions/restrictions.js';
import { readPidFile } from './pid-file.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';

export interface DaemonState {
  readonly running: boolean;
  readonly pid: number | null;
  /** True after `stopDaemon` until the user starts the daemon again (LOC-065). */
  readonly stoppedByUser: boolean;
}

export interface StopAnswer {
  /** False when none was running; the stop is recorded all the same. */
  readonly stopped: boolean;
  readonly pid: number | null;
}

export interface StopOptions {
  /** False after a sign-out, which leaves nothing to start: only the process ends. True by default. */
  readonly deliberate?: boolean;
  /** Milliseconds after which a daemon that does not end is killed; 5,000 by default. */
  readonly graceMs?: number;
}

const POLL = 20;
const AFTER_KILL = 2000;

/** What the pid file, the process and the local restrictions say. Rejects with `state_corrupt` or `file_insecure`. */
export async function daemonState(paths: RuntimePaths): Promise<DaemonState> {
  const identity = readPidFile(paths.pidFile);
  const stoppedByUser = await withRestrictions(paths, (list) => list.stopped);
  return { running: identity !== null, pid: identity?.pid ?? null, stoppedByUser };
}

/**
 * Records the stop, then signals the process after checking that it and its pid file belong to this user (LOC-060).
 * A damaged list of restrictions does not keep anybody from stopping: it already means that everything is denied.
 */
export async function stopDaemon(paths: RuntimePaths, options: StopOptions = {}): Promise<StopAnswer> {
  if (options.deliberate ?? true) await recordStop(paths);
  const identity = readPidFile(paths.pidFile);
  if (identity === null) return { stopped: false, pid: null };
  process.kill(identity.pid, 'SIGTERM');
  if (!(await ended(identity, options.graceMs ?? 5000))) {
    process.kill(identity.pid, 'SIGKILL');
    if (!(await ended(identity, AFTER_KILL))) {
      throw new RuntimeError('internal_error', `process ${identity.pid} does not end`, {
        fix: `kill -9 ${identity.pid}`,
      });
    }
  }
  return { stopped: true, pid: identity.pid };
}

async function recordStop(paths: RuntimePaths): Promise<void> {
  try {
    await withRestrictions(paths, (list) => list.setStopped(true, Date.now()));
  } catch (cause) {
    if (!(cause instanceof RuntimeError) || cause.code !== 'state_corrupt') throw cause;
  }
}

async function ended(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isRunning(identity)) {
    if (performance.now() > until) return false;
    await delay(POLL);
  }
  return true;
}
