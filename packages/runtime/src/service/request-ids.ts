import { RuntimeError } from '../errors.js';
import type { Core } from './core.js';

/** Ids that are remembered of this run; what is older is known to the log. */
const MOST = 100_000;

/** Ids of requests: each names one request, whoever thought of it. */
export class RequestIds {
  readonly #core: Pick<Core, 'host' | 'ports' | 'isRequestOnRecord'>;
  readonly #taken = new Set<string>();

  constructor(core: Pick<Core, 'host' | 'ports' | 'isRequestOnRecord'>) {
    this.#core = core;
  }

  /** A new id, or the proposed one if it never named a request, from now on taken. Throws `request_id_used`. */
  take(proposed?: string): string {
    const requestId = proposed ?? `req-${this.#core.ports.uuid()}`;
    if (proposed !== undefined && this.#isUsed(proposed)) {
      throw new RuntimeError('request_id_used', `${proposed} names another request already`, {
        fix: 'ask without an id of your own',
      });
    }
    this.#taken.add(requestId);
    const [oldest] = this.#taken;
    if (oldest !== undefined && this.#taken.size > MOST) this.#taken.delete(oldest);
    return requestId;
  }

  #isUsed(requestId: string): boolean {
    const { host, isRequestOnRecord } = this.#core;
    return this.#taken.has(requestId) || Object.hasOwn(host.state.exchanges, requestId) || isRequestOnRecord(requestId);
  }
}
