import { parseTime } from '@airlock/protocol';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A span in its two largest units: `4 min 20 s`. */
export function spanWords(milliseconds: number): string {
  let seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const parts = UNITS.map(([unit, size]) => {
    const amount = Math.floor(seconds / size);
    seconds -= amount * size;
    return { unit, amount };
  });
  const first = parts.findIndex(({ amount }) => amount > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(({ amount }) => amount > 0)
    .map(({ unit, amount }) => `${amount} ${unit}`)
    .join(' ');
}

/** How long something still waits. */
export function timeLeft(expiresAt: string, at: number): string {
  const left = parseTime(expiresAt) - at;
  return left > 0 ? `${spanWords(left)} left` : 'expired';
}
