import { formatTime } from '@airlock/protocol';
import { spanWords } from '../../device/time-words.js';

/** RFC 3339 in UTC, for programs. */
export function isoTime(epochMs: number): string {
  return formatTime(epochMs);
}

const MINUTE_MS = 60_000;

function wholeMinutes(milliseconds: number): number {
  return Math.ceil(milliseconds / MINUTE_MS) * MINUTE_MS;
}

/**
 * A moment to come as a person reads it, and how far away it is. Rounded up to whole minutes, as the approver reads it
 * on the card.
 */
export function timeWords(epochMs: number, at = Date.now()): string {
  const clock = `${formatTime(wholeMinutes(epochMs)).slice(0, 16).replace('T', ' ')} UTC`;
  const left = epochMs - at;
  return left > 0 ? `${clock} (${spanWords(wholeMinutes(left))})` : `${clock} (over)`;
}
