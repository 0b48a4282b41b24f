import { formatTime } from '@airlock/protocol';
import { spanWords } from '../../device/time-words.js';

/** RFC 3339 in UTC, for programs. */
export function isoTime(epochMs: number): string {
  return formatTime(epochMs);
}

/** A moment to come as a person reads it, and how far away it is. */
export function timeWords(epochMs: number, at = Date.now()): string {
  const clock = `${formatTime(epochMs).slice(0, 16).replace('T', ' ')} UTC`;
  const left = epochMs - at;
  // Rounded up to a whole minute, so that eight hours are not told as 7 h 59 min.
  return left > 0 ? `${clock} (${spanWords(Math.ceil(left / 60_000) * 60_000)})` : `${clock} (over)`;
}
