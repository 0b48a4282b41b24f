import {
  initialState,
  step,
  type EnforcerConfig,
  type EnforcerEffect,
  type EnforcerEvent,
  type EnforcerPorts,
  type EnforcerState,
} from '@airlock/enforcer';
import type { Ports } from '../ports/ports.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'at' | 'mono'> : never;

/** An event that has happened just now. */
export type NewEvent = WithoutTime<EnforcerEvent>;

export type Dispatch = (event: NewEvent) => void;

export interface EngineHostOptions {
  readonly config: Partial<EnforcerConfig>;
  readonly enforcerPorts: Partial<EnforcerPorts>;
  readonly ports: Pick<Ports, 'now' | 'mono'>;
  /** Starts one effect; its answer comes back through `dispatch`. */
  readonly perform: (effect: EnforcerEffect) => void;
  /** An event or an effect that threw: a defect of ours, which denies everything from then on. */
  readonly onDefect: (cause: unknown, where: string) => void;
}

/** Feeds the engine one event at a time, stamped with both clocks, and starts what it wants done, in order. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #events: EnforcerEvent[] = [];
  readonly #watchers = new Set<() => void>();
  #state: EnforcerState;
  #running = false;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#state = initialState(options.config);
  }

  get state(): EnforcerState {
    return this.#state;
  }

  /** Takes the event in; when this returns, it and all that followed from it at once has happened. */
  readonly dispatch: Dispatch = (event) => {
    const { ports } = this.#options;
    this.#events.push({ ...event, at: Math.floor(ports.now()), mono: ports.mono() });
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#take(next);
    } finally {
      this.#running = false;
    }
    for (const watcher of this.#watchers) watcher();
  };

  /** Calls `watcher` after every change until the result is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #take(event: EnforcerEvent): void {
    let effects: readonly EnforcerEffect[];
    try {
      const result = step(this.#state, event, this.#options.enforcerPorts);
      this.#state = result.state;
      effects = result.effects;
    } catch (cause) {
      this.#options.onDefect(cause, event.type);
      return;
    }
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: EnforcerEffect): void {
    try {
      this.#options.perform(effect);
    } catch (cause) {
      this.#options.onDefect(cause, effect.type);
    }
  }
}
