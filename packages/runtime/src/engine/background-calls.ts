import { gatewayAccess } from '@airlock/enforcer';
import type { CallOptions, GatewayClient, GatewayTransport } from '@airlock/gateway-client';
import type { Ports } from '../ports/ports.js';
import type { EngineHost } from './engine-host.js';
import { clientFor } from './gateway-clients.js';

/** How long one call may take, milliseconds. */
const WITHIN = 8_000;

export interface BackgroundCallsOptions {
  readonly host: EngineHost;
  readonly ports: Pick<Ports, 'now'>;
  readonly transport: GatewayTransport;
}

/**
 * Calls beside the engine's own, with its credential: nothing waits for them, they end with the sign-in they were made
 * under, and none of their answers changes what the engine knows.
 */
export class BackgroundCalls {
  readonly #options: BackgroundCallsOptions;
  readonly #open = new Set<AbortController>();
  #generation: number;
  #stopped = false;

  constructor(options: BackgroundCallsOptions) {
    this.#options = options;
    this.#generation = options.host.state.auth.generation;
    options.host.watch(() => this.#follow());
  }

  /** Null when there is nothing to call with, or the call was ended. Rejects with the gateway client's error. */
  async call<T>(work: (client: GatewayClient, options: CallOptions) => Promise<T>): Promise<T | null> {
    const { host, ports, transport } = this.#options;
    const access = this.#stopped ? null : gatewayAccess(host.state, Math.floor(ports.now()));
    if (access === null) return null;
    const abort = new AbortController();
    this.#open.add(abort);
    try {
      const answer = await work(clientFor(transport, access), { signal: abort.signal, timeoutMs: WITHIN });
      return abort.signal.aborted ? null : answer;
    } catch (cause) {
      if (abort.signal.aborted) return null;
      throw cause;
    } finally {
      this.#open.delete(abort);
    }
  }

  /** Ends what is under way; nothing is called afterwards. */
  stop(): void {
    this.#stopped = true;
    this.#endAll();
  }

  /** What was asked as somebody who has signed out, or was signed out, concerns nobody any more. */
  #follow(): void {
    const { auth } = this.#options.host.state;
    const isSignedIn = auth.name === 'SignedIn' || auth.name === 'Refreshing';
    if (auth.generation === this.#generation && isSignedIn) return;
    this.#generation = auth.generation;
    this.#endAll();
  }

  #endAll(): void {
    for (const abort of this.#open) abort.abort();
  }
}
