/** A wall clock and a monotonic clock that move only when told. */
export interface SimulatedClock {
  now(): { readonly at: number; readonly mono: number };
  /** Lets time pass on both clocks. */
  advance(ms: number): void;
  /** Sets the wall clock without letting time pass, as an attacker or a time server can. */
  jumpWall(ms: number): void;
}

/** 2026-03-02T14:00:00.000Z. */
export const SIMULATED_START = 1_772_460_000_000;

/** A clock at {@link SIMULATED_START} unless told otherwise. */
export function simulatedClock(start: number = SIMULATED_START): SimulatedClock {
  let at = start;
  let mono = 1000;
  return {
    now: () => ({ at, mono }),
    advance: (ms) => {
      at += ms;
      mono += ms;
    },
    jumpWall: (ms) => {
      at += ms;
    },
  };
}
