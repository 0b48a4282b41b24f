import { fstatSync, type Stats } from 'node:fs';
import { isatty } from 'node:tty';
import { errnoOf } from '../failure.js';

/** Where the child's standard input comes from. */
export type StdinKind = 'none' | 'tty' | 'pipe' | 'file';

/** Linux and macOS number the null device differently; comparing with the device itself needs no table. */
function isNullDevice(stats: Stats, nullDevice: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === nullDevice.rdev;
}

/** Classifies an open descriptor; a closed one and the null device are `none`. */
export function stdinKind(descriptor: number, nullDevice: Stats): StdinKind {
  let stats: Stats;
  try {
    stats = fstatSync(descriptor);
  } catch (error) {
    if (errnoOf(error) === 'EBADF') return 'none';
    throw error;
  }
  if (isatty(descriptor)) return 'tty';
  if (isNullDevice(stats, nullDevice)) return 'none';
  return stats.isFIFO() || stats.isSocket() ? 'pipe' : 'file';
}
