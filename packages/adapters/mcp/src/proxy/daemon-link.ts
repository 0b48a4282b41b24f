import { type CallOptions, type OutcomeBody, type RequestBody, workspaceAround } from '@airlock/runtime/client';
import { type Decision, decisionOf, failed } from './decision.js';
import type { ProxyDaemon, ProxyPorts } from './ports.js';

/** Milliseconds for a call that the daemon answers by itself. */
const DAEMON_CALL_MS = 15_000;

/** The daemon as the proxy uses it: connected to when it is first needed, and again when it has gone. */
export class DaemonLink {
  #daemon: ProxyDaemon | null = null;
  readonly #telling = new Set<Promise<unknown>>();

  constructor(private readonly ports: Pick<ProxyPorts, 'connect' | 'folder' | 'say'>) {}

  /** Asks one question and waits for its end. Aborting withdraws it. */
  async ask(question: Omit<RequestBody, 'workspace'>, signal: AbortSignal): Promise<Decision> {
    const { daemon, workspace } = await this.#reach(signal);
    let trouble: string | null = null;
    for await (const event of daemon.request({ ...question, workspace }, { signal })) {
      switch (event.event) {
        case 'submitted':
          break;
        case 'retrying':
          if (event.code !== trouble)
            this.ports.say(`${event.code} the gateway does not take the request; trying again`);
          trouble = event.code;
          break;
        case 'decided':
          return decisionOf(event);
        case 'error':
          return failed(event.code, event.message, event.fix);
      }
    }
    return failed('bad_answer', 'the daemon ended without an answer', 'airlock daemon status');
  }

  /** Takes an approval, once, right before the message goes out. */
  async claim(requestId: string): Promise<Decision> {
    const claim = await this.#known().claim(requestId, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
    return claim.granted ? { answer: 'go', requestId } : failed(claim.code, claim.message);
  }

  /** Tells how it ended. That the daemon cannot write it down changes nothing any more. */
  report(requestId: string, outcome: OutcomeBody): void {
    this.#tell('the outcome could not be recorded; the audit log will say "unknown"', (daemon, options) =>
      daemon.outcome(requestId, outcome, options),
    );
  }

  /** An approval that will not be used must not wait for somebody else to take it. */
  giveBack(requestId: string): void {
    this.#tell('the approval could not be given back; it lapses by itself', (daemon, options) =>
      daemon.withdraw(requestId, 'not used', options),
    );
  }

  /** Resolves when everything was told. */
  async settled(): Promise<void> {
    while (this.#telling.size > 0) await Promise.allSettled(this.#telling);
  }

  #tell(otherwise: string, tell: (daemon: ProxyDaemon, options: CallOptions) => Promise<unknown>): void {
    const telling = tell(this.#known(), { signal: AbortSignal.timeout(DAEMON_CALL_MS) })
      .catch((error: unknown) => this.ports.say(`${codeOf(error)} ${otherwise}`))
      .finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  async #reach(signal: AbortSignal): Promise<{ readonly daemon: ProxyDaemon; readonly workspace: string }> {
    const { folder, connect } = this.ports;
    const known = this.#daemon;
    // Whatever is wrong with the daemon of before: connecting says it, or starts another one.
    const before = known === null ? null : await known.status({ signal }).catch(() => null);
    const daemon = before === null || known === null ? await connect(signal) : known;
    const status = before ?? (await daemon.status({ signal }));
    this.#daemon = daemon;
    return { daemon, workspace: workspaceAround(status, folder)?.path ?? folder };
  }

  #known(): ProxyDaemon {
    if (this.#daemon === null) throw new Error('no daemon was asked yet');
    return this.#daemon;
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'internal_error';
}
