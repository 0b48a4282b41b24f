import type { EffectOf, GatewayCallName, GatewayEffect, GatewayFailure } from '@airlock/enforcer';
import { GatewayError } from '@airlock/gateway-client';
import type { Dispatch, NewEvent } from './engine-host.js';
import type { GatewayCallTable } from './gateway-calls.js';

/** Starts the engine's gateway calls, each answered exactly once, also when it is cancelled. */
export class GatewayRunner {
  readonly #calls: GatewayCallTable;
  readonly #dispatch: Dispatch;
  readonly #underWay = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();

  constructor(calls: GatewayCallTable, dispatch: Dispatch) {
    this.#calls = calls;
    this.#dispatch = dispatch;
  }

  get count(): number {
    return this.#underWay.size;
  }

  start(effect: GatewayEffect): void {
    const abort = new AbortController();
    const done = this.#run(effect, abort.signal).finally(() => this.#underWay.delete(effect.callId));
    this.#underWay.set(effect.callId, { abort, done });
  }

  cancel(callId: string): void {
    this.#underWay.get(callId)?.abort.abort();
  }

  cancelAll(): void {
    for (const callId of this.#underWay.keys()) this.cancel(callId);
  }

  /** Settles when everything that is under way now, and what follows from it, has answered. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay.values()].map((call) => call.done));
  }

  async #run(effect: GatewayEffect, signal: AbortSignal): Promise<void> {
    if (effect.type === 'gateway.logout') await this.#after(effect);
    let event: NewEvent;
    try {
      event = await this.#call(effect, signal);
    } catch (cause) {
      event = { ...resultOf(effect), outcome: { ok: false, failure: failureOf(cause) } };
    }
    this.#dispatch(event);
  }

  async #after({ request }: EffectOf<'gateway.logout'>): Promise<void> {
    const before = request.after.flatMap((callId) => this.#underWay.get(callId)?.done ?? []);
    await Promise.all(before);
  }

  /** One case per call keeps request and answer of the same kind together for the compiler. */
  async #call(effect: GatewayEffect, signal: AbortSignal): Promise<NewEvent> {
    const options = { signal };
    const { callId } = effect;
    const calls = this.#calls;
    const ok = async <T>(value: Promise<T>) => ({ callId, outcome: { ok: true as const, value: await value } });
    switch (effect.type) {
      case 'gateway.discover':
        return { type: 'gateway.discover.result', ...(await ok(calls.discover(effect.request, options))) };
      case 'gateway.startDevice':
        return { type: 'gateway.startDevice.result', ...(await ok(calls.startDevice(effect.request, options))) };
      case 'gateway.pollDevice':
        return { type: 'gateway.pollDevice.result', ...(await ok(calls.pollDevice(effect.request, options))) };
      case 'gateway.refresh':
        return { type: 'gateway.refresh.result', ...(await ok(calls.refresh(effect.request, options))) };
      case 'gateway.logout':
        return { type: 'gateway.logout.result', ...(await ok(calls.logout(effect.request, options))) };
      case 'gateway.checkConsent':
        return { type: 'gateway.checkConsent.result', ...(await ok(calls.checkConsent(effect.request, options))) };
      case 'gateway.initiatePairing':
        return {
          type: 'gateway.initiatePairing.result',
          ...(await ok(calls.initiatePairing(effect.request, options))),
        };
      case 'gateway.claimPairing':
        return { type: 'gateway.claimPairing.result', ...(await ok(calls.claimPairing(effect.request, options))) };
      case 'gateway.pairingStatus':
        return { type: 'gateway.pairingStatus.result', ...(await ok(calls.pairingStatus(effect.request, options))) };
      case 'gateway.revokePairing':
        return { type: 'gateway.revokePairing.result', ...(await ok(calls.revokePairing(effect.request, options))) };
      case 'gateway.heartbeat':
        return { type: 'gateway.heartbeat.result', ...(await ok(calls.heartbeat(effect.request, options))) };
      case 'gateway.submitArtifact':
        return {
          type: 'gateway.submitArtifact.result',
          ...(await ok(calls.submitArtifact(effect.request, options))),
        };
      case 'gateway.wait':
        return { type: 'gateway.wait.result', ...(await ok(calls.wait(effect.request, options))) };
      case 'gateway.withdraw':
        return { type: 'gateway.withdraw.result', ...(await ok(calls.withdraw(effect.request, options))) };
      case 'gateway.ack':
        return { type: 'gateway.ack.result', ...(await ok(calls.ack(effect.request, options))) };
      default:
        return effect satisfies never;
    }
  }
}

type ResultName<K extends GatewayCallName> = `gateway.${K}.result`;

function resultOf(effect: GatewayEffect): { readonly type: ResultName<GatewayCallName>; readonly callId: string } {
  return { type: `${effect.type}.result`, callId: effect.callId };
}

/** What the gateway client threw, as data. Anything else is a defect of ours and counts as a malformed answer. */
export function failureOf(thrown: unknown): GatewayFailure {
  if (!(thrown instanceof GatewayError)) return { kind: 'malformed', code: 'internal_error', retryable: false };
  const { kind, code, retryable, status, retryAfterMs, sent, consent } = thrown;
  return {
    kind,
    code,
    retryable,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(sent === undefined ? {} : { sent }),
    ...(consent?.consentUrl === undefined ? {} : { consentUrl: consent.consentUrl }),
  };
}
