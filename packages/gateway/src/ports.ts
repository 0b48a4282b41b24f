import { randomBytes, randomUUID } from 'node:crypto';

/** Stops a scheduled call; calling it again does nothing. */
export type Cancel = () => void;

/** Everything the gateway takes from its surroundings besides files and sockets. */
export interface Ports {
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** Cryptographically random bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** A random UUID, version 4. */
  readonly uuid: () => string;
  /** Calls `callback` once, `delayMs` milliseconds from now. */
  readonly after: (delayMs: number, callback: () => void) => Cancel;
}

/** The ports of a running process. */
export function systemPorts(): Ports {
  return {
    now: () => Date.now(),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    uuid: () => randomUUID(),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
