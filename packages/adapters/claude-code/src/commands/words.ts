import { render } from '@airlock/actions';
import { formatTime } from '@airlock/protocol';

const MINUTE_MS = 60_000;

/** A text from outside on one line, so that nothing in it can pass for ours or steer a terminal. */
export function visible(text: string): string {
  return render(text, 'text').text.replaceAll('\n', ' ');
}

/** A moment, to the minute, rounded up as the approver reads it on the card. */
export function timeWords(epochMs: number): string {
  const whole = Math.ceil(epochMs / MINUTE_MS) * MINUTE_MS;
  return `${formatTime(whole).slice(0, 16).replace('T', ' ')} UTC`;
}

/** One word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
