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
  readonly persist?: (effect: Extract<EnforcerEffect, { readonly type: 'persist' }>) => boolean;
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
  of<Type extends EnforcerEffect['type']>(type: Type): readonly Extract<EnforcerEffect, { readonly type: Type }>[];
}

function emptyDurable(): DurableState {
  return { auth: null, workspaces: [], openRequests: [], rejections: [] };
}

function stored(before: DurableState, { record }: Extract<EnforcerEffect, { readonly type: 'persist' }>): DurableState {
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
  const { clock } = options;
  const step = frozenStep(options.step);
  const verifier = memoVerifier();
  const effects: EnforcerEffect[] = [];
  const journal = new Set<string>();
  const timers = new Map<string, number>();
  const waiting = new Map<string, GatewayEffect>();
  const queue: PlainEvent[] = [];
  let state = initialState(options.config);
  let durable = emptyDurable();
  let busy = false;

  function record({ entry, requestId }: Extract<EnforcerEffect, { readonly type: 'journal.record' }>): void {
    const keys = [`${entry.requestId} ${entry.artifactHash}`, `${entry.nonce} ${entry.signerKeyId}`];
    if (options.journalHeld?.() === true) return;
    if (options.journalWritable?.() === false) queue.push({ type: 'journal.unavailable', requestId });
    else if (keys.some((key) => journal.has(key))) queue.push({ type: 'journal.replayed', requestId });
    else {
      for (const key of keys) journal.add(key);
      queue.push({ type: 'journal.recorded', requestId });
    }
  }

  function answered(effect: GatewayEffect, outcome: Outcome<unknown>): void {
    const { callId } = effect;
    // The model's answers are loosely typed on purpose: a hostile one may not fit the contract.
    queue.push({ type: `${effect.type}.result`, callId, outcome } as PlainEvent);
  }

  function call(effect: GatewayEffect): void {
    const outcome = options.gateway(effect, clock.now());
    if (outcome === 'parked') waiting.set(effect.callId, effect);
    else answered(effect, outcome);
  }

  function cancel(callId: string): void {
    const effect = waiting.get(callId);
    if (effect === undefined) return;
    waiting.delete(callId);
    answered(effect, failure({ kind: 'aborted' }));
  }

  function interpret(effect: EnforcerEffect): void {
    effects.push(effect);
    if (isGatewayEffect(effect)) {
      call(effect);
      return;
    }
    switch (effect.type) {
      case 'gateway.cancel':
        cancel(effect.callId);
        break;
      case 'timer.set':
        timers.set(effect.timerId, clock.now().mono + effect.afterMs);
        break;
      case 'timer.clear':
        timers.delete(effect.timerId);
        break;
      case 'persist': {
        const done = options.persist?.(effect) ?? true;
        if (done) durable = stored(durable, effect);
        queue.push({ type: done ? 'persist.done' : 'persist.failed', persistId: effect.persistId } as PlainEvent);
        break;
      }
      case 'journal.record':
        record(effect);
        break;
      case 'recovery.verify':
        queue.push({ type: 'recovery.verified', pairingId: effect.pairingId, ok: options.recoveryCode?.() ?? false });
        break;
      case 'recovery.create':
        queue.push({ type: 'recovery.created', pairingId: effect.pairingId, hash: `hash of ${effect.pairingId}` });
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

  function drain(): void {
    if (busy) return;
    busy = true;
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const result = step(state, { ...event, ...clock.now() } as EnforcerEvent, { verifier });
      state = result.state;
      for (const effect of result.effects) interpret(effect);
    }
    busy = false;
  }

  function send(event: PlainEvent): readonly EnforcerEffect[] {
    const from = effects.length;
    queue.push(event);
    drain();
    return effects.slice(from);
  }

  function advance(ms: number): void {
    const end = clock.now().mono + ms;
    for (;;) {
      const due = [...timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1])[0];
      if (due === undefined) break;
      const [timerId, at] = due;
      clock.advance(Math.max(at - clock.now().mono, 0));
      timers.delete(timerId);
      send({ type: 'timer.fired', timerId });
    }
    clock.advance(Math.max(end - clock.now().mono, 0));
  }

  function release(callId: string, outcome?: Outcome<unknown>): boolean {
    const effect = waiting.get(callId);
    if (effect === undefined) return false;
    const answer = outcome ?? options.gateway(effect, clock.now());
    if (answer === 'parked') return false;
    waiting.delete(callId);
    answered(effect, answer);
    drain();
    return true;
  }

  return {
    state: () => state,
    effects,
    journal,
    stored: () => durable,
    send,
    advance,
    release,
    parked: () => [...waiting.values()],
    of: (type) =>
      effects.filter(
        (effect): effect is Extract<EnforcerEffect, { readonly type: typeof type }> => effect.type === type,
      ),
  };
}
