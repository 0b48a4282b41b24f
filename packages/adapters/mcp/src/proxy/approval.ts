import type { McpCallContent } from '@airlock/actions';
import { collectFacts, type RequestBody } from '@airlock/runtime/client';
import type { DaemonLink } from './daemon-link.js';
import { type Decision, failed, failedBy } from './decision.js';
import type { McpGate } from './gates.js';
import type { ProxyOptions, ProxyPorts } from './ports.js';

/** What is asked about one gated message. */
export interface Asked {
  /** Every one must let it through; one that is switched off leaves the next one to be asked. */
  readonly gates: readonly McpGate[];
  readonly action: McpCallContent;
}

/** Milliseconds after the deadline in which the daemon says that it has passed. */
const GRACE_MS = 5_000;

/**
 * One question to the daemon, from the first message that needs it to its use, withdrawal or end. It lives on while its caller
 * has been told to call again.
 */
export class Approval {
  /** Never rejects: whatever goes wrong is a denial. */
  readonly decision: Promise<Decision>;
  readonly #abort = new AbortController();
  #decided: Decision | null = null;
  #isUsed = false;
  readonly #stopTimer: () => void;

  constructor(
    asked: Asked,
    private readonly link: DaemonLink,
    { options, ports, onLate }: { options: ProxyOptions; ports: ProxyPorts; onLate: () => void },
  ) {
    this.decision = this.#decide(asked, options, ports.folder);
    this.#stopTimer = ports.timer(options.timeoutSeconds * 1000 + GRACE_MS, () => {
      this.withdraw();
      onLate();
    });
  }

  /** Takes the approval, right before the message goes out; after that it is no longer withdrawn. */
  async claim(requestId: string): Promise<Decision> {
    this.#isUsed = true;
    this.#stopTimer();
    return await this.link.claim(requestId).catch(failedBy);
  }

  /** Nobody is going to use it. */
  withdraw(): void {
    this.#stopTimer();
    if (this.#isUsed) return;
    this.#isUsed = true;
    this.#abort.abort('withdrawn');
    if (this.#decided?.answer === 'go') this.link.giveBack(this.#decided.requestId);
  }

  async #decide(asked: Asked, options: ProxyOptions, folder: string): Promise<Decision> {
    const decision = await this.#askGates(asked, options, folder).catch(failedBy);
    if (this.#abort.signal.aborted) {
      if (decision.answer === 'go') this.link.giveBack(decision.requestId);
      this.#decided = { answer: 'deny', outcome: 'timeout', code: 'timeout' };
    } else {
      this.#decided = decision;
    }
    return this.#decided;
  }

  async #askGates({ gates, action }: Asked, options: ProxyOptions, folder: string): Promise<Decision> {
    const facts = await collectFacts({ action, cwd: folder, environment: {}, path: undefined });
    const question: Omit<RequestBody, 'workspace' | 'source'> = {
      ...{ action: { ...action }, facts, timeoutSeconds: options.timeoutSeconds, sessionId: options.sessionId },
    };
    let decision: Decision = failed('internal_error', 'nothing was asked');
    for (const [index, source] of gates.entries()) {
      decision = await this.link.ask({ ...question, source }, this.#abort.signal);
      const isLast = index === gates.length - 1;
      if (isLast || decision.answer === 'deny' || decision.basis?.kind !== 'gate-off') break;
      this.link.giveBack(decision.requestId);
    }
    return decision;
  }
}
