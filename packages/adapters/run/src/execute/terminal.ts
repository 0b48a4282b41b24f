import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errnoOf } from '../failure.js';

/** Fields after the command name in /proc/PID/stat: state, ppid, pgrp, session, tty_nr, tpgid. */
const PROCESS_GROUP = 2;
const FOREGROUND_GROUP = 5;

/** Pure part of {@link inForeground}: a line of /proc/self/stat, whose command name may hold blanks and brackets. */
export function readsAsForeground(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const group = fields[PROCESS_GROUP];
  return group !== undefined && group === fields[FOREGROUND_GROUP];
}

/**
 * Whether the kernel sends the signals of the keyboard and of window changes to this process group, and so to the
 * child as well. Where /proc does not say, a terminal on any standard stream counts.
 */
export function inForeground(): boolean {
  try {
    return readsAsForeground(readFileSync('/proc/self/stat', 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return isatty(0) || isatty(1) || isatty(2);
    throw error;
  }
}
