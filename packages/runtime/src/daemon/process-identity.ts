import { readFileSync, statSync } from 'node:fs';
import { ownUid } from '../files/secure-directory.js';

/** Position of the start time in `/proc/<pid>/stat`, counted after the command name. */
const START_FIELD = 19;

/** When a process started, in ticks since boot; null where the platform does not tell. */
export function startTicks(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD] ?? null;
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}

export interface ProcessIdentity {
  readonly pid: number;
  /** As `startTicks` gave it when the process wrote it down. */
  readonly startTicks: string | null;
}

/** Whether that very process still runs and belongs to this user: a pid alone may belong to somebody else by now. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (identity.startTicks !== null && startTicks(identity.pid) !== identity.startTicks) return false;
  try {
    process.kill(identity.pid, 0);
    return process.platform !== 'linux' || statSync(`/proc/${identity.pid}`).uid === ownUid();
  } catch (cause) {
    if (cause instanceof Error) return false;
    throw cause;
  }
}
