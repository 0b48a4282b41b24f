import type { Cancel, Ports } from '../ports.js';

/** Tells when the client went away; the returned function stops that. */
export type OnGone = (listener: () => void) => () => void;

/** What ends a wait: an envelope as JSON text, or nothing within the time. */
export type WaitEnd = string | undefined;

interface Waiter {
  readonly end: (result: WaitEnd) => void;
  readonly cancel: Cancel;
}

/** One parked wait. */
export interface ParkedWait {
  readonly ended: Promise<WaitEnd>;
  /** Ends it without a result. */
  readonly stop: () => void;
}

/** The parked waits of this process, by exchange. One record each and no closure over the request. */
export interface Waiters {
  /** Parks until `wake`, until `timeoutMs` passed, until the client went away, or until `release`. */
  readonly park: (key: string, timeoutMs: number, onGone: OnGone) => ParkedWait;
  /** Ends every wait of the exchange with this envelope (EXCH-040) and returns how many there were. */
  readonly wake: (key: string, envelope: string) => number;
  /** Waits of one exchange at the moment (EXCH-070). */
  readonly count: (key: string) => number;
  /** Sleeps; cut short by `release`. For delays of answers (EXCH-050, EXCH-060). */
  readonly delay: (ms: number) => Promise<void>;
  /** Ends all waits and delays without a result: the gateway shuts down (EXCH-030). */
  readonly release: () => void;
}

/** Key of an exchange in maps of this process. */
export function exchangeKey(userId: string, requestId: string): string {
  return `${userId} ${requestId}`;
}

/** Makes an empty book of waits. */
export function waiters(ports: Ports): Waiters {
  const parked = new Map<string, Set<Waiter>>();
  let released = false;

  const forget = (key: string, waiter: Waiter): void => {
    const set = parked.get(key);
    if (set?.delete(waiter) && set.size === 0) parked.delete(key);
  };

  const park: Waiters['park'] = (key, timeoutMs, onGone) => {
    const { promise, resolve } = resolvable<WaitEnd>();
    const finish = (result: WaitEnd): void => {
      forget(key, waiter);
      waiter.cancel();
      unsubscribe();
      resolve(result);
    };
    const stop = (): void => finish(undefined);
    const waiter: Waiter = { end: finish, cancel: ports.after(released ? 0 : timeoutMs, stop) };
    const unsubscribe = onGone(stop);
    const set = parked.get(key);
    if (set === undefined) parked.set(key, new Set([waiter]));
    else set.add(waiter);
    return { ended: promise, stop };
  };

  const endAll = (key: string, result: WaitEnd): number => {
    const set = [...(parked.get(key) ?? [])];
    for (const waiter of set) waiter.end(result);
    return set.length;
  };

  const never: OnGone = () => () => undefined;
  let sleeps = 0;
  return {
    park,
    wake: (key, envelope) => endAll(key, envelope),
    count: (key) => parked.get(key)?.size ?? 0,
    delay: async (ms) => {
      sleeps += 1;
      // A key with a space at its start belongs to no exchange.
      await park(` sleep ${sleeps}`, ms, never).ended;
    },
    release: () => {
      released = true;
      for (const key of parked.keys()) endAll(key, undefined);
    },
  };
}

function resolvable<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}
