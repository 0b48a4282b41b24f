import { randomBytes, randomUUID } from 'node:crypto';

/** Time, chance and timers of the daemon; tests hand in their own. */
export interface Ports {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Monotonic clock, milliseconds from an arbitrary origin. */
  mono(): number;
  random(bytes: number): Uint8Array;
  uuid(): string;
  /** Calls back once after `afterMs`; the result cancels. */
  timer(afterMs: number, fire: () => void): () => void;
}

/** Longest delay that Node's timers take, milliseconds. */
const LONGEST_TIMER = 2_147_483_647;

export const nodePorts: Ports = {
  now: () => Date.now(),
  mono: () => performance.now(),
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  uuid: () => randomUUID(),
  timer: (afterMs, fire) => {
    const handle = setTimeout(fire, Math.min(Math.max(afterMs, 0), LONGEST_TIMER));
    return () => clearTimeout(handle);
  },
};
