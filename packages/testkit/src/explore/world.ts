import type { EnforcerEffect, EnforcerState, RequestOpen } from '@airlock/enforcer';

/** A call of the engine that the gateway has not answered. */
export interface PendingCall {
  readonly requestId: string;
  readonly call: 'submitArtifact' | 'wait';
}

/** What really happened to a request, as an observer outside the engine knows it. */
export interface GroundTruth {
  /** Executions, over all runs of the engine. */
  readonly executions: number;
  /** A text that says `reject` arrived while the request was open and undecided. */
  readonly rejected: boolean;
  /** The caller took the request back, or a local rule denied it. */
  readonly closed: boolean;
  /** It was opened in this run of the engine. */
  readonly opened: boolean;
  /** Monotonic time at which it opened last. */
  readonly openedMono: number;
}

/** The engine, its surroundings and what an observer knows. Plain data. */
export interface World {
  readonly engine: EnforcerState;
  readonly at: number;
  readonly mono: number;
  /** Signatures the approver gave, and the gateway therefore knows. */
  readonly signed: readonly string[];
  readonly journal: readonly string[];
  /** Records the journal has not answered. */
  readonly recording: readonly { readonly requestId: string; readonly keys: readonly string[] }[];
  readonly pending: readonly PendingCall[];
  readonly truth: Readonly<Record<string, GroundTruth>>;
  readonly revoked: boolean;
  readonly restarts: number;
  readonly jumps: number;
}

/** What a scenario consists of. */
export interface Setting {
  readonly requests: readonly RequestOpen[];
  readonly openedAt: number;
  /** Lifetime of the artifacts in milliseconds. */
  readonly artifactMs: number;
  /** Lifetime of signed decisions in milliseconds, from `openedAt`. */
  readonly decisionMs: number;
  /** Whether the pairing requires canonical decisions. */
  readonly harpRequired: boolean;
}

/** Truth about a request; nothing happened yet when there is none. */
export function truthOf(world: World, requestId: string): GroundTruth {
  return world.truth[requestId] ?? { executions: 0, rejected: false, closed: false, opened: false, openedMono: 0 };
}

/** The world with another truth about a request. */
export function withTruth(world: World, requestId: string, change: Partial<GroundTruth>): World {
  return { ...world, truth: { ...world.truth, [requestId]: { ...truthOf(world, requestId), ...change } } };
}

/** Effects that the world must act on; the rest is invisible to it. */
export function absorb(world: World, effects: readonly EnforcerEffect[]): World {
  let { recording, pending } = world;
  for (const effect of effects) {
    if (effect.type === 'journal.record') {
      const { entry, requestId } = effect;
      const keys = [`${entry.requestId} ${entry.artifactHash}`, `${entry.nonce} ${entry.signerKeyId}`];
      recording = [...recording, { requestId, keys }];
    } else if (effect.type === 'gateway.submitArtifact') {
      pending = [...pending, { requestId: effect.request.envelope.requestId, call: 'submitArtifact' }];
    } else if (effect.type === 'gateway.wait') {
      pending = [...pending, { requestId: effect.request.requestId, call: 'wait' }];
    } else if (effect.type === 'gateway.cancel') {
      const requestId = effect.callId.slice(effect.callId.indexOf(':') + 1);
      pending = pending.filter((call) => call.requestId !== requestId || call.call !== 'wait');
    }
  }
  return { ...world, recording, pending };
}

/** Everything that decides the future of a world, as text. */
export function worldKey(world: World): string {
  const exchanges = Object.values(world.engine.exchanges).map((exchange) => {
    const { name, ack, withdrawal } = exchange;
    const stage = 'stage' in exchange ? exchange.stage : null;
    const decision = 'decision' in exchange ? exchange.decision : null;
    const limit = exchange.name === 'Approved' ? [exchange.claimBefore, exchange.claimBeforeMono] : null;
    return [exchange.facts.requestId, exchange.facts.deadlineMono, name, ack.name, withdrawal, stage, decision, limit];
  });
  const { engine, ...outside } = world;
  const active = Object.values(engine.pairings).map(({ name }) => name);
  return JSON.stringify([exchanges, active, engine.rejections.length, outside]);
}
