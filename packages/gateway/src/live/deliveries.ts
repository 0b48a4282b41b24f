import { LIMITS } from '@airlock/protocol';

interface Delivered {
  count: number;
  /** When the newest delivery is or was due, epoch milliseconds. */
  at: number;
  readonly until: number;
}

/** How often decisions were handed out, so that clients that never acknowledge do not spin (EXCH-050). */
export interface Deliveries {
  /** Books the next delivery and returns how long it has to wait, milliseconds. */
  readonly reserve: (key: string, now: number, expiresAt: number) => number;
  /** Forgets an exchange: it was acknowledged. */
  readonly forget: (key: string) => void;
  /** Forgets exchanges whose decision is over. */
  readonly sweep: (now: number) => void;
}

function spacing(next: number): number {
  if (next >= 10) return LIMITS.redeliverySpacingFromTenthMs;
  return next >= 3 ? LIMITS.redeliverySpacingFromThirdMs : 0;
}

/** Makes an empty book. */
export function deliveries(): Deliveries {
  const known = new Map<string, Delivered>();
  return {
    reserve: (key, now, expiresAt) => {
      const entry = known.get(key) ?? { count: 0, at: 0, until: expiresAt };
      known.set(key, entry);
      entry.count += 1;
      entry.at = Math.max(now, entry.at + spacing(entry.count));
      return entry.at - now;
    },
    forget: (key) => {
      known.delete(key);
    },
    sweep: (now) => {
      for (const [key, { until }] of known) if (until <= now) known.delete(key);
    },
  };
}
