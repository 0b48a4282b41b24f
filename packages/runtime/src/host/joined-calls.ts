import { RuntimeError } from '../errors.js';
import { callKey } from './call-identity.js';
import type { CallPorts } from './call-ports.js';
import type { HostCall, HostDesk, HostOutcome, HostVerdict } from './host-desk.js';
import { JoinedCall } from './joined-call.js';
import { thrownDenial } from './refusals.js';

/** Calls that nobody decides or collects any more and that are still remembered; the oldest are forgotten first. */
const MOST_REMEMBERED = 1000;

/** Calls of hosts that several layers report: one request, one question, one verdict per layer (LOC-145). */
export class JoinedCalls {
  readonly #ports: CallPorts;
  readonly #calls = new Map<string, JoinedCall>();
  /** Those without a tool-use id, which are never joined. */
  readonly #single = new Set<JoinedCall>();

  constructor(ports: CallPorts) {
    this.#ports = ports;
  }

  /** Whether a call waits for its verdict, or for somebody to collect it. */
  get busy(): boolean {
    return this.#single.size > 0 || [...this.#calls.values()].some((call) => call.isOpen);
  }

  /** Never rejects: whatever goes wrong is a refusal. */
  async decide(call: HostCall): Promise<HostVerdict> {
    try {
      const key = callKey(call);
      return key === null ? await this.#alone(call) : await this.#joined(key, call).collect(call);
    } catch (cause) {
      return thrownDenial(null, cause);
    }
  }

  ended(outcome: HostOutcome): void {
    const { host, sessionId, toolUseId, incident } = outcome;
    const call = this.#known(outcome);
    if (incident !== undefined) {
      this.#ports.incident({ host, sessionId, toolUseId, requestId: call?.requestId ?? null }, incident);
    }
    call?.ended(outcome);
  }

  sessionEnded(host: string, sessionId: string): void {
    for (const call of this.#single) if (call.belongsTo(host, sessionId)) call.forget('session_over');
    for (const [key, call] of this.#calls) {
      if (!call.belongsTo(host, sessionId)) continue;
      this.#calls.delete(key);
      call.forget('session_over');
    }
  }

  incident({ host, sessionId, code }: Parameters<HostDesk['incident']>[0]): void {
    this.#ports.incident({ host, sessionId }, code);
  }

  #joined(key: string, call: HostCall): JoinedCall {
    const known = this.#calls.get(key);
    if (known !== undefined) return known;
    const made = new JoinedCall(this.#ports, call);
    this.#calls.set(key, made);
    this.#forgetOldest();
    return made;
  }

  /** Nothing could be collected later, so there is nothing to come back for. */
  async #alone(call: HostCall): Promise<HostVerdict> {
    const { waitMs: _, ...waiting } = call;
    const made = new JoinedCall(this.#ports, waiting);
    this.#single.add(made);
    try {
      return await made.collect(waiting);
    } finally {
      this.#single.delete(made);
    }
  }

  #known(outcome: HostOutcome): JoinedCall | undefined {
    try {
      const key = callKey(outcome);
      return key === null ? undefined : this.#calls.get(key);
    } catch (cause) {
      if (cause instanceof RuntimeError) return undefined;
      throw cause;
    }
  }

  /** A layer of a forgotten call is a new call: it is asked anew, never allowed. */
  #forgetOldest(): void {
    let surplus = this.#calls.size - MOST_REMEMBERED;
    if (surplus <= 0) return;
    for (const [key, call] of this.#calls) {
      if (surplus <= 0) return;
      if (call.isOpen) continue;
      this.#calls.delete(key);
      call.forget('call_over');
      surplus -= 1;
    }
  }
}
