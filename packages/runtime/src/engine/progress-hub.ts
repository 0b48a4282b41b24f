import type { AuthProgress, NotifyEffect, PairingProgress, RequestProgress } from '@airlock/enforcer';
import { EventQueue } from './event-queue.js';

/** Progress that belongs to nobody by id: there is one sign-in at a time. */
const AUTH = 'auth';

type Topic = 'request' | 'pairing' | 'auth';

/** Hands the engine's progress to whoever asked for it. Nobody listening is fine. */
export class ProgressHub {
  readonly #listeners = new Map<string, Set<(progress: never) => void>>();

  request(requestId: string): Subscription<RequestProgress> {
    return this.#subscribe('request', requestId);
  }

  pairing(pairingId: string): Subscription<PairingProgress> {
    return this.#subscribe('pairing', pairingId);
  }

  auth(): Subscription<AuthProgress> {
    return this.#subscribe('auth', AUTH);
  }

  publish(effect: NotifyEffect): void {
    switch (effect.type) {
      case 'notify.request':
        return this.#publish('request', effect.requestId, effect.progress);
      case 'notify.pairing':
        return this.#publish('pairing', effect.pairingId, effect.progress);
      case 'notify.auth':
        return this.#publish('auth', AUTH, effect.progress);
      default:
        return effect satisfies never;
    }
  }

  #publish(topic: Topic, id: string, progress: unknown): void {
    for (const listener of this.#listeners.get(`${topic}/${id}`) ?? []) listener(progress as never);
  }

  #subscribe<T>(topic: Topic, id: string): Subscription<T> {
    const key = `${topic}/${id}`;
    const queue = new EventQueue<T>();
    const listener = (progress: T) => queue.push(progress);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners);
    listeners.add(listener);
    return {
      events: queue,
      close: () => {
        queue.end();
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(key);
      },
    };
  }
}

export interface Subscription<T> {
  readonly events: AsyncIterable<T>;
  /** Ends `events` after what has arrived. */
  close(): void;
}
