import type { ToolContent } from '@airlock/actions';
import { LIMITS } from '@airlock/protocol';
import { workspaceAround } from '@airlock/runtime/client';
import { type Decision, denied, readDecided } from './decision.js';
import { readCoded, ServeFailure } from './failure.js';
import type { ServeDaemon, ServeOptions, ServePorts } from './ports.js';

/** Decisions that are kept for whoever asks again; the oldest are forgotten first. */
const KEPT_DECISIONS = 256;

export interface Question {
  readonly action: ToolContent;
  /** How long the human is waited for, seconds. */
  readonly timeoutSeconds: number;
}

/** One request of this server, decided or not. */
export interface OpenedRequest {
  readonly requestId: string;
  /** Null as long as it is open. */
  readonly decision: Decision | null;
  /** Never rejects. */
  readonly decided: Promise<Decision>;
  /** Takes back what is not decided yet. */
  withdraw(): void;
}

class Exchange implements OpenedRequest {
  readonly #end = new AbortController();
  readonly decided: Promise<Decision>;
  decision: Decision | null = null;

  constructor(
    readonly requestId: string,
    readonly question: Question,
    decide: (exchange: Exchange, signal: AbortSignal) => Promise<Decision>,
  ) {
    this.decided = decide(this, this.#end.signal)
      .catch((error: unknown): Decision => this.#ended(error))
      .then((decision) => {
        this.decision = decision;
        return decision;
      });
  }

  withdraw(): void {
    this.#end.abort();
  }

  #ended(error: unknown): Decision {
    return this.#end.signal.aborted ? { state: 'withdrawn' } : denied(readCoded(error));
  }
}

/** The requests of this server process; nobody else's are known here. */
export class Requests {
  readonly #known = new Map<string, Exchange>();
  readonly #ports: ServePorts;
  readonly #options: ServeOptions;

  constructor(ports: ServePorts, options: ServeOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Asks the human. Throws `too_many_open`. */
  open(question: Question): OpenedRequest {
    if (this.#open().length >= LIMITS.openRequestsPerSession) {
      throw new ServeFailure(
        'too_many_open',
        `${LIMITS.openRequestsPerSession} requests of yours wait for the approver already`,
        'wait until some of them are decided',
      );
    }
    const exchange = new Exchange(`req-${this.#ports.uuid()}`, question, (its, signal) => this.#decide(its, signal));
    this.#known.set(exchange.requestId, exchange);
    this.#forgetOldest();
    return exchange;
  }

  /** The open request with exactly this content, if there is one. */
  openWith({ tool, inputJson }: Pick<ToolContent, 'tool' | 'inputJson'>): OpenedRequest | undefined {
    return this.#open().find(({ question: { action } }) => action.tool === tool && action.inputJson === inputJson);
  }

  find(requestId: string): OpenedRequest | undefined {
    return this.#known.get(requestId);
  }

  /** Withdraws everything open; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    const open = this.#open();
    for (const exchange of open) exchange.withdraw();
    await Promise.all(open.map(({ decided }) => decided));
  }

  #open(): readonly Exchange[] {
    return [...this.#known.values()].filter(({ decision }) => decision === null);
  }

  #forgetOldest(): void {
    const decided = [...this.#known.values()].filter(({ decision }) => decision !== null);
    for (const { requestId } of decided.slice(0, -KEPT_DECISIONS)) this.#known.delete(requestId);
  }

  async #decide({ requestId, question }: Exchange, signal: AbortSignal): Promise<Decision> {
    const { folder, connect } = this.#ports;
    const daemon = await connect(signal);
    const workspace = workspaceAround(await daemon.status({ signal }), folder)?.path ?? folder;
    const body = {
      workspace,
      action: { ...question.action },
      timeoutSeconds: question.timeoutSeconds,
      sessionId: this.#options.sessionId,
      source: 'mcp-server',
      isClaimed: true,
      requestId,
    } as const;
    for await (const event of daemon.request(body, { signal })) {
      if (event.event === 'error') return denied(readCodedEvent(event));
      if (event.event === 'decided') return await used(daemon, requestId, { decision: readDecided(event), signal });
    }
    return denied({ code: 'bad_answer', message: 'the daemon ended without an answer' });
  }
}

function readCodedEvent({ code, message, fix }: { code: string; message: string; fix?: string | undefined }) {
  return { code, message, ...(fix === undefined ? {} : { fix }) };
}

/**
 * Puts an approval on record as used before it is told: it is good for this one answer, whatever the agent does with it.
 * What becomes of it is not seen here.
 */
async function used(
  daemon: ServeDaemon,
  requestId: string,
  { decision, signal }: { readonly decision: Decision; readonly signal: AbortSignal },
): Promise<Decision> {
  if (decision.state !== 'approved' && decision.state !== 'not-gated') return decision;
  if (signal.aborted) {
    await daemon.withdraw(requestId);
    return { state: 'withdrawn' };
  }
  const claim = await daemon.claim(requestId);
  if (!claim.granted) return denied({ code: claim.code, message: claim.message });
  await daemon.outcome(requestId, { result: 'unknown' });
  return decision;
}
