import { constants } from 'node:os';

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Watches for the caller's wish to stop while nothing runs yet. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The number of the signal that came, or null. */
  received(): number | null;
  /** Puts the default behaviour of the signals back. */
  release(): void;
}

/** Turns INT, TERM, HUP and QUIT into an abort, so that the pending request can be withdrawn first. */
export function watchInterrupts(): Interruption {
  const controller = new AbortController();
  let number: number | null = null;
  const handlers = INTERRUPTS.map((name) => {
    const handler = () => {
      number ??= constants.signals[name];
      controller.abort();
    };
    process.on(name, handler);
    return { name, handler };
  });
  return {
    signal: controller.signal,
    received: () => number,
    release: () => {
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}
