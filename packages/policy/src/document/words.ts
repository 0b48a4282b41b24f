import { render } from '@airlock/actions';
import { formatTime, type PolicyRequirement } from '@airlock/protocol';

const MINUTE = 60_000;
/** What four-digit years can say, in whole minutes. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_740_000;

/** A time as `2026-11-22 06:00 UTC`; up to the next minute, so that no more is permitted than was read. */
export function shownTime(epochMs: number): string {
  const minute = Math.ceil(epochMs / MINUTE) * MINUTE;
  const text = formatTime(Math.min(Math.max(minute, EARLIEST), LATEST));
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** A text of unknown origin on one line of printable ASCII (INV-40). */
export function shownText(text: string): string {
  return render(text, 'command').text;
}

/** What a requirement asks for, after the word "require". */
export function requirementWords(requirement: PolicyRequirement): string {
  switch (requirement) {
    case 'ask-reads':
      return 'to be asked for what only reads, too';
    case 'harp-decision':
      return 'decisions in the signed HARP form';
    case 'verified-pairing':
      return 'an approver that was paired with the full code';
  }
}
