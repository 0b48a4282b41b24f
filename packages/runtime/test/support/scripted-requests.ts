import type { CallPorts } from '../../src/host/call-ports.js';
import type { ClaimAnswer, OutcomeBody, RequestBody, RequestEvent } from '../../src/socket/api.js';

type Decided = Extract<RequestEvent, { event: 'decided' }>;

/** A clock that stands until it is told to go on. */
export class HandClock {
  #at = 1_000_000;
  readonly #timers = new Map<object, { readonly at: number; readonly fire: () => void }>();

  readonly ports: CallPorts['ports'] = {
    now: () => this.#at,
    mono: () => this.#at,
    timer: (afterMs, fire) => {
      const key = {};
      this.#timers.set(key, { at: this.#at + afterMs, fire });
      return () => this.#timers.delete(key);
    },
  };

  get now(): number {
    return this.#at;
  }

  async advance(ms: number): Promise<void> {
    const until = this.#at + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined) break;
      const [key, { at, fire }] = next;
      this.#timers.delete(key);
      this.#at = Math.max(this.#at, at);
      fire();
      await settled();
    }
    this.#at = until;
    await settled();
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

export interface ScriptedRequest {
  readonly requestId: string;
  readonly body: RequestBody;
  readonly expiresAt: number;
  decided: 'approved' | 'passed' | 'rejected' | null;
  withdrawn: boolean;
  claims: number;
  readonly outcomes: OutcomeBody[];
  readonly decide: (event: Omit<Decided, 'event' | 'requestId'>) => void;
}

/** Requests as the daemon's, decided by hand; `hold` may keep every claim waiting, before and after it is granted. */
export class ScriptedRequests {
  readonly all: ScriptedRequest[] = [];
  readonly #clock: HandClock;
  hold: (what: string) => Promise<void> = async () => undefined;

  constructor(clock: HandClock) {
    this.#clock = clock;
  }

  readonly requests: CallPorts['requests'] = {
    request: (body, signal) => this.#request(body, signal),
    claim: async (requestId): Promise<ClaimAnswer> => {
      await this.hold('claim');
      const one = this.#of(requestId);
      const usable = one.decided === 'approved' || one.decided === 'passed';
      if (!usable || one.withdrawn || one.claims > 0 || this.#clock.now >= one.expiresAt) {
        return { granted: false, code: 'not_approved', message: 'there is no approval to use' };
      }
      one.claims += 1;
      await this.hold('granted');
      return { granted: true };
    },
    outcome: async (requestId, body) => {
      this.#of(requestId).outcomes.push(body);
      return { recorded: true };
    },
    withdraw: async (requestId) => {
      this.#of(requestId).withdrawn = true;
      return { withdrawn: true };
    },
  };

  #of(requestId: string): ScriptedRequest {
    const found = this.all.find((one) => one.requestId === requestId);
    if (found === undefined) throw new Error(`no request ${requestId}`);
    return found;
  }

  async *#request(body: RequestBody, signal: AbortSignal): AsyncGenerator<RequestEvent> {
    const requestId = `req-${this.all.length + 1}`;
    const expiresAt = this.#clock.now + body.timeoutSeconds * 1000;
    let resolve: (event: Decided) => void = () => undefined;
    const answer = new Promise<Decided>((given) => {
      resolve = given;
    });
    const request: ScriptedRequest = {
      requestId,
      body,
      expiresAt,
      decided: null,
      withdrawn: false,
      claims: 0,
      outcomes: [],
      decide: (event) => {
        if (request.decided !== null || request.withdrawn) return;
        request.decided = event.verdict === 'deny' ? 'rejected' : event.verdict === 'pass' ? 'passed' : 'approved';
        resolve({ event: 'decided', requestId, ...event });
      },
    };
    this.all.push(request);
    const withdraw = () => {
      if (request.decided !== null) return;
      request.withdrawn = true;
      resolve({ event: 'decided', requestId, verdict: 'deny', outcome: 'withdrawn', code: 'withdrawn' });
    };
    signal.addEventListener('abort', withdraw);
    if (signal.aborted) withdraw();
    yield { event: 'submitted', requestId, expiresAt, artifactHash: 'a'.repeat(64) };
    yield await answer;
  }
}
