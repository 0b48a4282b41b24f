import type { Cancel } from '../../src/index.js';

/** Time that passes only when a test says so. */
export interface SimulatedClock {
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => Cancel;
  /** Lets time pass and calls what became due, in order; lets the event loop turn between. */
  readonly advance: (ms: number) => Promise<void>;
  /**
   * Lets time pass from timer to timer until `outcome` is there, `withinMs` at most: for what waits for the thread
   * pool before it waits for the clock.
   */
  readonly advanceUntil: <T>(outcome: Promise<T>, withinMs: number) => Promise<T>;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Lets pending promises and the store's next commits run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** A clock that stands at `start`, epoch milliseconds. */
export function simulatedClock(start: number): SimulatedClock {
  let now = start;
  const timers = new Set<Timer>();
  const due = (until: number): Timer | undefined =>
    [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  const advance = async (ms: number): Promise<void> => {
    const until = now + ms;
    await settle();
    for (let timer = due(until); timer !== undefined; timer = due(until)) {
      timers.delete(timer);
      now = Math.max(now, timer.at);
      timer.callback();
      await settle();
    }
    now = until;
    await settle();
  };
  return {
    now: () => now,
    after: (delayMs, callback) => {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance,
    advanceUntil: async (outcome, withinMs) => {
      const until = now + withinMs;
      let settled = false;
      const end = (): void => {
        settled = true;
      };
      outcome.then(end, end);
      while (!settled) await advance(Math.max(0, (due(until)?.at ?? now) - now));
      return await outcome;
    },
  };
}
