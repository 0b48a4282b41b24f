import {
  type EnforcerConfig,
  type EnforcerEffect,
  type EnforcerEvent,
  type EnforcerState,
  type DurableState,
  type GatewayEffect,
  initialState,
  type Outcome,
} from '@airlock/enforcer';
import { failure } from '../gateway-model/outcomes.js';
import type { SimulatedClock } from '../simulation/clock.js';
import { frozenStep, type StepFunction } from './frozen-step.js';
import { memoVerifier } from './memo-verifier.js';

type Effect<Type extends EnforcerEffect['type']> = Extract<EnforcerEffect, { readonly type: Type }>;
type Unstamped<Event> = Event extends unknown ? Omit<Event, 'at' | 'mono'> : never;
/** An event without its time, which the driver's clock gives. */
export type PlainEvent = Unstamped<EnforcerEvent>;

/** What drives an engine. */
export interface DriverOptions {
  readonly clock: SimulatedClock;
  readonly config?: Partial<EnforcerConfig>;
  readonly step?: StepFunction;
  /** Answers gateway calls; `parked` means later, by hand. */
  readonly gateway: (effect: GatewayEffect, now: { readonly at: number }) => Outcome<unknown> | 'parked';
  /** How storing answers; true unless given. */
  readonly persist?: (effect: Effect<'persist'>) => boolean;
  /** Whether the journal can be written; true unless given. */
  readonly journalWritable?: () => boolean;
  /** Whether the journal stays silent, so that a test answers by hand; false unless given. */
  readonly journalHeld?: () => boolean;
  /** Whether a recovery code is right. */
  readonly recoveryCode?: () => boolean;
}

/** An engine under simulated time: interprets effects at once, keeps everything it saw. */
export interface EngineDriver {
  state(): EnforcerState;
  readonly effects: EnforcerEffect[];
  readonly journal: Set<string>;
  /** Stored records by kind and key, as a restart would find them. */
  stored(): DurableState;
  send(event: PlainEvent): readonly EnforcerEffect[];
  /** Lets time pass, firing timers in order. */
  advance(ms: number): void;
  /** Answers a parked call; false when it was not parked. */
  release(callId: string, outcome?: Outcome<unknown>): boolean;
  /** Calls that wait for an answer. */
  parked(): readonly GatewayEffect[];
  /** Effects of one type since the start. */
  of<Type extends EnforcerEffect['type']>(type: Type): readonly Effect<Type>[];
}

function stored(before: DurableState, { record }: Effect<'persist'>): DurableState {
  switch (record.kind) {
    case 'auth':
      return { ...before, auth: record.value };
    case 'workspace': {
      const others = before.workspaces.filter(({ workspaceId }) => workspaceId !== record.workspaceId);
      return { ...before, workspaces: [...others, record.value] };
    }
    case 'open-requests':
      return { ...before, openRequests: record.value };
    case 'rejections':
      return { ...before, rejections: record.value };
  }
}

function isGatewayEffect(effect: EnforcerEffect): effect is GatewayEffect {
  return effect.type.startsWith('gateway.') && 'request' in effect;
}

/** Makes a driver around a fresh engine. Nothing happens until `engine.start` is sent. */
export function engineDriver(options: DriverOptions): EngineDriver {
  return new Driver(options);
}

class Driver implements EngineDriver {
  readonly effects: EnforcerEffect[] = [];
  readonly journal = new Set<string>();
  readonly #options: DriverOptions;
  readonly #step: StepFunction;
  readonly #verifier = memoVerifier();
  readonly #timers = new Map<string, number>();
  readonly #waiting = new Map<string, GatewayEffect>();
  readonly #queue: PlainEvent[] = [];
  #state: EnforcerState;
  #durable: DurableState = { auth: null, workspaces: [], openRequests: [], rejections: [] };
  #busy = false;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#step = frozenStep(options.step);
    this.#state = initialState(options.config);
  }

  state(): EnforcerState {
    return this.#state;
  }

  stored(): DurableState {
    return this.#durable;
  }

  parked(): readonly GatewayEffect[] {
    return [...this.#waiting.values()];
  }

  of<Type extends EnforcerEffect['type']>(type: Type): readonly Effect<Type>[] {
    return this.effects.filter((effect): effect is Effect<Type> => effect.type === type);
  }

  send(event: PlainEvent): readonly EnforcerEffect[] {
    const from = this.effects.length;
    this.#queue.push(event);
    this.#drain();
    return this.effects.slice(from);
  }

  advance(ms: number): void {
    const { clock } = this.#options;
    const end = clock.now().mono + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1])[0];
      if (due === undefined) break;
      const [timerId, at] = due;
      clock.advance(Math.max(at - clock.now().mono, 0));
      this.#timers.delete(timerId);
      this.send({ type: 'timer.fired', timerId });
    }
    clock.advance(Math.max(end - clock.now().mono, 0));
  }

  release(callId: string, outcome?: Outcome<unknown>): boolean {
    const effect = this.#waiting.get(callId);
    if (effect === undefined) return false;
    const answer = outcome ?? this.#options.gateway(effect, this.#options.clock.now());
    if (answer === 'parked') return false;
    this.#answer(effect, answer);
    this.#drain();
    return true;
  }

  #drain(): void {
    if (this.#busy) return;
    this.#busy = true;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      const stamped = { ...event, ...this.#options.clock.now() } as EnforcerEvent;
      const result = this.#step(this.#state, stamped, { verifier: this.#verifier });
      this.#state = result.state;
      for (const effect of result.effects) this.#interpret(effect);
    }
    this.#busy = false;
  }

  #interpret(effect: EnforcerEffect): void {
    this.effects.push(effect);
    if (isGatewayEffect(effect)) {
      this.#call(effect);
      return;
    }
    switch (effect.type) {
      case 'gateway.cancel':
        this.#cancel(effect.callId);
        break;
      case 'timer.set':
        this.#timers.set(effect.timerId, this.#options.clock.now().mono + effect.afterMs);
        break;
      case 'timer.clear':
        this.#timers.delete(effect.timerId);
        break;
      case 'persist':
        this.#persist(effect);
        break;
      case 'journal.record':
        this.#record(effect);
        break;
      case 'recovery.verify':
        this.#queue.push({
          type: 'recovery.verified',
          pairingId: effect.pairingId,
          ok: this.#options.recoveryCode?.() ?? false,
        });
        break;
      case 'recovery.create':
        this.#queue.push({
          type: 'recovery.created',
          pairingId: effect.pairingId,
          hash: `hash of ${effect.pairingId}`,
        });
        break;
      case 'audit.append':
      case 'channel.close':
      case 'channel.open':
      case 'execution.grant':
      case 'execution.refuse':
      case 'notify.auth':
      case 'notify.pairing':
      case 'notify.request':
        break;
    }
  }

  #persist(effect: Effect<'persist'>): void {
    const { persistId } = effect;
    const done = this.#options.persist?.(effect) ?? true;
    if (done) this.#durable = stored(this.#durable, effect);
    this.#queue.push({ type: done ? 'persist.done' : 'persist.failed', persistId } as PlainEvent);
  }

  #record({ entry, requestId }: Effect<'journal.record'>): void {
    if (this.#options.journalHeld?.() === true) return;
    const keys = [`${entry.requestId} ${entry.artifactHash}`, `${entry.nonce} ${entry.signerKeyId}`];
    if (this.#options.journalWritable?.() === false) {
      this.#queue.push({ type: 'journal.unavailable', requestId });
    } else if (keys.some((key) => this.journal.has(key))) {
      this.#queue.push({ type: 'journal.replayed', requestId });
    } else {
      for (const key of keys) this.journal.add(key);
      this.#queue.push({ type: 'journal.recorded', requestId });
    }
  }

  #call(effect: GatewayEffect): void {
    const outcome = this.#options.gateway(effect, this.#options.clock.now());
    if (outcome === 'parked') this.#waiting.set(effect.callId, effect);
    else this.#answer(effect, outcome);
  }

  #cancel(callId: string): void {
    const effect = this.#waiting.get(callId);
    if (effect !== undefined) this.#answer(effect, failure({ kind: 'aborted' }));
  }

  #answer(effect: GatewayEffect, outcome: Outcome<unknown>): void {
    const { callId } = effect;
    this.#waiting.delete(callId);
    // The model's answers are loosely typed on purpose: a hostile one may not fit the contract.
    this.#queue.push({ type: `${effect.type}.result`, callId, outcome } as PlainEvent);
  }
}
