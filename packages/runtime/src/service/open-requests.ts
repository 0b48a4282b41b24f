import { isUnsent, openExchanges, reportedState, type RequestProgress } from '@airlock/enforcer';
import { base64UrlEncode } from '@airlock/protocol';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { RequestEvent, RequestsAnswer } from '../socket/api.js';
import type { Asked } from './asked.js';
import type { Core } from './core.js';
import { auditBasis, denialOf, failOpenUntil, judge, recordTaint } from './judge.js';
import { eventOf } from './request-messages.js';

const GCM_NONCE_BYTES = 12;

/** How a question is put to the human. */
export interface Opening {
  readonly timeoutSeconds: number;
  readonly label: string | undefined;
  readonly signal: AbortSignal;
}

/** An event for the caller, or the news that fail mode open lets the call pass until `until`, epoch milliseconds. */
export type OpenEvent = RequestEvent | { readonly event: 'unsent'; readonly until: number };

type Decided = Extract<RequestProgress, { kind: 'decided' }>;

/** Requests that are put to the human by the engine, from the opening to the claim. */
export class OpenRequests {
  readonly #core: Core;
  /** What was asked, as long as it can still end in an execution. */
  readonly #asked = new Map<string, Asked>();
  /** Who waits for a decision, and the standing policy that denied the request meanwhile. */
  readonly #waiting = new Map<string, string | null>();

  constructor(core: Core) {
    this.#core = core;
    core.host.watch(() => this.#forgetEnded());
    core.standing.watch(() => this.denyWhatIsDenied());
  }

  /** `submitted`, then `decided`, or `unsent`. Ending the iteration or aborting the signal before that withdraws. */
  async *open(asked: Asked, opening: Opening): AsyncGenerator<OpenEvent> {
    const { hub, host } = this.#core;
    const { requestId, plaintext } = asked;
    const { signal } = opening;
    const progress = hub.request(requestId);
    const withdraw = () => host.dispatch({ type: 'request.withdraw', requestId });
    signal.addEventListener('abort', withdraw, { once: true });
    let over = false;
    try {
      this.#asked.set(requestId, asked);
      this.#waiting.set(requestId, null);
      this.#core.receipts.note(asked);
      host.dispatch(this.#opening(asked, opening));
      if (signal.aborted) withdraw();
      let until: number | null = null;
      for await (const step of progress.events) {
        over = step.kind === 'decided';
        if (until === null) until = this.#passes(asked, step, signal);
        if (step.kind === 'decided') this.#refreshed(asked, step);
        if (step.kind === 'decided')
          yield until !== null && neverLeft(step) ? { event: 'unsent', until } : this.#eventOf(asked, step);
        else if (until === null) yield this.#eventOf(asked, step);
        if (over) return;
      }
    } finally {
      signal.removeEventListener('abort', withdraw);
      progress.close();
      if (!over) withdraw();
      this.#waiting.delete(requestId);
    }
    throw new RuntimeError(
      'internal_error',
      `request ${requestId} ended without a decision (${plaintext.artifactHash})`,
    );
  }

  /** What was asked under an id, as long as it can still end in an execution. */
  asked(requestId: string): Asked | undefined {
    return this.#asked.get(requestId);
  }

  /** What the policy of this moment keeps an approval from, and what must be on record before it is used; a code, or null. */
  beforeClaim(requestId: string): string | null {
    const asked = this.#asked.get(requestId);
    const isApproved = this.#core.host.state.exchanges[requestId]?.name === 'Approved';
    if (asked === undefined || !isApproved) return null;
    this.#denyIfDenied(asked);
    if (this.#core.host.state.exchanges[requestId]?.name !== 'Approved') return null;
    try {
      recordTaint(this.#core, asked);
      return null;
    } catch (cause) {
      return toRuntimeError(cause).code;
    }
  }

  /** Denies what is open, also what is approved and not executed, when a standing policy denies it by now (DND-070). */
  denyWhatIsDenied(): void {
    for (const asked of [...this.#asked.values()]) this.#denyIfDenied(asked);
  }

  list(): RequestsAnswer {
    const requests = openExchanges(this.#core.host.state).map((exchange) => {
      const asked = this.#asked.get(exchange.facts.requestId);
      return {
        requestId: exchange.facts.requestId,
        workspace: asked?.workspace.path ?? exchange.facts.workspaceId,
        source: asked?.source ?? 'airlock',
        kind: exchange.facts.kind,
        state: reportedState(exchange),
        createdAt: asked?.createdAt ?? this.#core.startedAt,
        expiresAt: exchange.facts.expiresAt,
      };
    });
    return { requests };
  }

  /**
   * Withdraws a request of which nothing has left while the gateway is out of reach, if fail mode open covers it (ENF-155).
   * From then on nothing of it can leave, whatever retry was about to start.
   */
  #passes(asked: Asked, step: RequestProgress, signal: AbortSignal): number | null {
    if (step.kind !== 'retrying' || step.submissionBegan || signal.aborted) return null;
    const { host } = this.#core;
    const { requestId } = asked;
    const until = isUnsent(host.state, requestId) ? failOpenUntil(this.#core, asked) : null;
    if (until !== null) host.dispatch({ type: 'request.withdraw', requestId });
    return until;
  }

  /** A human who decided may have signed a standing policy along with it. */
  #refreshed({ workspace, sessionId }: Asked, { outcome }: Decided): void {
    if (outcome === 'approved' || outcome === 'rejected') this.#core.standing.refresh(workspace.workspaceId, sessionId);
  }

  #denyIfDenied(asked: Asked): void {
    const { requestId, workspace, plaintext } = asked;
    const { host, ports, audit, reports } = this.#core;
    const verdict = judge(this.#core, asked, 'dry');
    if (verdict.kind !== 'deny') return;
    const { policyId } = verdict;
    const { basis, reason } = denialOf(this.#core, asked, policyId);
    if (this.#waiting.has(requestId)) this.#waiting.set(requestId, policyId);
    const { workspaceId } = workspace;
    const { contentSha256 } = plaintext;
    const entry = {
      kind: 'policy.denied',
      at: Math.floor(ports.now()),
      requestId,
      workspaceId,
      contentSha256,
    } as const;
    audit({ ...entry, ...auditBasis(basis) });
    host.dispatch({ type: 'request.deny', requestId, reason });
    reports.add({ asked, decision: 'reject', policyId });
  }

  #eventOf(asked: Asked, step: RequestProgress): RequestEvent {
    const event = eventOf(this.#core, asked, step);
    const policyId = this.#waiting.get(asked.requestId) ?? null;
    if (event.event !== 'decided' || event.verdict !== 'deny' || policyId === null) return event;
    return { ...event, basis: { kind: 'denial', policyId } };
  }

  #forgetEnded(): void {
    if (this.#asked.size === 0) return;
    const open = new Set(openExchanges(this.#core.host.state).map(({ facts }) => facts.requestId));
    for (const requestId of this.#asked.keys()) if (!open.has(requestId)) this.#asked.delete(requestId);
  }

  #opening({ requestId, workspace, pairing, plaintext }: Asked, { timeoutSeconds, label }: Opening) {
    const { ports } = this.#core;
    return {
      type: 'request.open',
      requestId,
      workspaceId: workspace.workspaceId,
      plaintext: plaintext.text,
      artifactHash: plaintext.artifactHash,
      contentSha256: plaintext.contentSha256,
      gcmNonce: base64UrlEncode(ports.random(GCM_NONCE_BYTES)),
      submitMsgId: `msg-${ports.uuid()}`,
      ackMsgId: `ack-${ports.uuid()}`,
      timeoutMs: timeoutSeconds * 1000,
      metadata: {
        workspaceName: pairing.workspaceName,
        ...(label === undefined ? {} : { requestLabel: label }),
      },
    } as const;
  }
}

/** Withdrawn by us before a byte left, and not ended by anything else. */
function neverLeft({ outcome, code, submissionBegan }: Decided): boolean {
  return outcome === 'withdrawn' && code === 'withdrawn' && !submissionBegan;
}
